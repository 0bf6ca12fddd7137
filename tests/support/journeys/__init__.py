"""The journeys of Nuanxin's users, played in the sandbox's page and counted (`make journeys`)."""
