"""Files that went through the sandbox, by file_id; when they become too many for the memory, the least used go."""

from __future__ import annotations

import hashlib
import io
import mimetypes

from cachetools import LRUCache
from PIL import Image, UnidentifiedImageError

from bot.sandbox.params import Json, Params, Refusal, Upload, bad

IN_LIMIT = 20 * 1024 * 1024
OUT_LIMIT = 50 * 1024 * 1024
_KEPT_BYTES = 400 * 1024 * 1024


STICKER: Json = {
    "file_id": "SBXsticker",
    "file_unique_id": "sticker",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
    "emoji": "👍",
}
"""The one that a phone can send."""


class Files:
    """Contents by file_id. A file_id stands for one content and name."""

    def __init__(self) -> None:
        self._kept: LRUCache[str, Upload] = LRUCache(_KEPT_BYTES, getsizeof=lambda upload: len(upload.content))

    def put(self, upload: Upload) -> Json:
        """Keeps a file; gives what all file objects of the Bot API share."""
        unique = hashlib.sha256(upload.name.encode() + b"\0" + upload.content).hexdigest()[:24]
        file_id = f"SBX{unique}"
        if file_id not in self._kept:
            self._kept[file_id] = upload
        return {"file_id": file_id, "file_unique_id": unique, "file_size": len(upload.content)}

    def get(self, file_id: str) -> Upload | None:
        return self._kept.get(file_id)

    def name_of(self, file_id: str) -> str:
        upload = self._kept.get(file_id)
        return upload.name if upload else ""

    def sent(self, params: Params, name: str) -> Upload:
        """The file of a call: uploaded in a field of that name or by `attach://`, or sent again by its file_id."""
        value = params.text(name)
        upload = params.files.get(value.removeprefix("attach://") if value.startswith("attach://") else name)
        if upload is None and value:
            upload = self.get(value)
            if upload is None:
                raise bad("wrong remote file identifier specified: Wrong padding in the string")
        if upload is None:
            raise bad(f"there is no {name} in the request")
        if not upload.content:
            raise bad("file must be non-empty")
        if len(upload.content) > OUT_LIMIT:
            raise Refusal(413, "Request Entity Too Large")
        return upload

    def photo(self, upload: Upload) -> list[Json]:
        """PhotoSizes, smallest first.

        Raises:
            Refusal: it is no picture.
        """
        try:
            with Image.open(io.BytesIO(upload.content)) as picture:
                width, height = picture.size
                small = picture.convert("RGB")
                small.thumbnail((90, 90))
        except (UnidentifiedImageError, OSError, ValueError):
            raise bad("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000:
            raise bad("PHOTO_INVALID_DIMENSIONS")
        thumb = io.BytesIO()
        small.save(thumb, "JPEG")
        sizes = [{**self.put(Upload("thumb.jpg", thumb.getvalue())), "width": small.width, "height": small.height}]
        return [*sizes, {**self.put(upload), "width": width, "height": height}]

    def document(self, upload: Upload) -> Json:
        kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        return {**self.put(upload), "file_name": upload.name, "mime_type": kind}

    def video(self, upload: Upload) -> Json:
        return {
            **self.put(upload),
            "width": 320,
            "height": 240,
            "duration": 1,
            "file_name": upload.name,
            "mime_type": "video/mp4",
        }

    def animation(self, upload: Upload) -> Json:
        return self.video(upload)

    def video_note(self, upload: Upload) -> Json:
        return {**self.put(upload), "length": 240, "duration": 1}

    def audio(self, upload: Upload) -> Json:
        return {**self.put(upload), "duration": 1, "file_name": upload.name, "mime_type": "audio/mpeg"}

    def voice(self, upload: Upload) -> Json:
        return {**self.put(upload), "duration": 1, "mime_type": "audio/ogg"}
