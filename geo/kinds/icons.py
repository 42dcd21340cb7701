"""Icons that a kind may have, by their Lucide names: few, so that the console carries no others."""

ICONS = (
    "baby", "bike", "book-open", "boxes", "briefcase", "building", "building-2", "bus", "calendar-days", "castle",
    "church", "cross", "droplets", "factory", "ferris-wheel", "fish", "flag", "flame", "flower-2", "graduation-cap",
    "grid-3x3", "hard-hat", "hospital", "hotel", "house", "landmark", "layers", "library", "lightbulb", "map",
    "map-pin", "megaphone", "mountain", "music", "parking-circle", "party-popper", "plane", "recycle", "route",
    "school", "shield", "shield-alert", "shopping-bag", "signpost", "store", "tent", "ticket", "traffic-cone",
    "train-front", "trees", "trophy", "truck", "users", "utensils", "warehouse", "waves", "zap",
)  # fmt: skip
