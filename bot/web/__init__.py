"""What the process serves over HTTP: the webhook, health and figures."""
