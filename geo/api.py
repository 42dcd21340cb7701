"""What the map needs to know of the city's cut."""

from ninja import Router, Schema

from geo.lookup import ZoneFacts

router = Router(tags=["geo"])


class ZoneOut(Schema):
    id: int
    kind: str
    code: str
    name_zh: str
    name_en: str
    precedence: int

    @classmethod
    def of(cls, zone: ZoneFacts) -> "ZoneOut":
        return cls(
            id=zone.id,
            kind=zone.kind,
            code=zone.code,
            name_zh=zone.name_zh,
            name_en=zone.name_en,
            precedence=zone.precedence,
        )
