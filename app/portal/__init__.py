"""Pages that join features: home, territory, tracking, one's own space, texts, demonstration."""
