"""People, the roles they hold on a territory, bodies, and how one signs in."""
