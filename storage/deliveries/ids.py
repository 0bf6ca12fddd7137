"""The ids of deliveries."""

from typing import NewType

DeliveryId = NewType("DeliveryId", int)
