"""What a file is, by its own first bytes: what a browser or a sender says of it counts for nothing."""

PDF = "application/pdf"
_BEGINNINGS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", PDF))


def content_type(head: bytes) -> str | None:
    """JPEG, PNG, WebP or PDF; None for anything else. Twelve bytes are enough."""
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return None
