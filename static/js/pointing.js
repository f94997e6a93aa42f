// The map of <div data-pointing>: Leaflet over the contours of the communes, fetched when the map comes into view.
// What it writes are the fields of the form (#latitude, #longitude, #place), which serve without it too.

const DIGITS = 4; // of a degree: about ten metres
const STEP = 10; // pixels that an arrow moves the point; 2 with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LETTER = 7.5; // pixels of a name on the map, for each of its letters
const LINE = 18; // pixels
const CLOSE = 14; // zoom on one's own position
const MARK = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 23C6 16 4 13 4 9.5a8 8 0 0 1 16 0C20 13 18 16 12 23z"/><circle cx="12" cy="9.5" r="2.8"/></svg>';

export function start(root) {
  for (const box of root.querySelectorAll("[data-pointing][hidden]")) {
    box.hidden = false;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      open(box).catch(() => {
        box.querySelector("[data-pointing-map]").hidden = true;
        say(box, box.dataset.broken);
      });
    });
    seen.observe(box);
  }
}

async function open(box) {
  const { library, libraryStyle, style, contours } = box.dataset;
  const [communes] = await Promise.all([
    fetch(contours).then((answer) => answer.json()),
    import(library), // puts itself in window.L
    sheet(libraryStyle),
    sheet(style),
  ]);
  new Pointing(box, window.L, communes.features);
}

function sheet(href) {
  return new Promise((done, failed) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: failed });
    document.head.append(link);
  });
}

function say(box, words) {
  box.querySelector("[data-pointing-said]").textContent = words;
}

class Pointing {
  constructor(box, L, features) {
    Object.assign(this, { box, L, features, words: box.dataset });
    const form = box.closest("form");
    this.fields = form.elements;
    this.removeButton = box.querySelector("[data-pointing-remove]");
    this.hereButton = box.querySelector("[data-pointing-here]");
    this.draw(box.querySelector("[data-pointing-map]"));
    this.listen();
    this.typed();
  }

  draw(holder) {
    const { L, words } = this;
    const over = words.tiles ? " pointing__land--over-tiles" : "";
    this.map = L.map(holder, {
      zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.5, minZoom: 7, maxZoom: words.tiles ? 19 : 15,
      attributionControl: Boolean(words.tiles),
    });
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    if (words.tiles) {
      this.map.attributionControl.setPrefix(false);
      L.tileLayer(words.tiles, { attribution: escaped(words.credit), maxZoom: 19 }).addTo(this.map);
    }
    this.land = L.geoJSON(this.features, { interactive: false, style: () => ({ className: `pointing__land${over}` }) });
    this.names = L.layerGroup().addTo(this.map);
    this.map.fitBounds(this.chosen()).addLayer(this.land);
    this.highlight();
    this.name();
  }

  listen() {
    const { map, fields } = this;
    map.on("click", (event) => this.put(event.latlng));
    map.on("moveend", () => this.name());
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer()) return;
      event.preventDefault();
      this.put(map.getCenter());
    });
    fields.place.addEventListener("change", () => {
      map.fitBounds(this.chosen());
      this.highlight();
    });
    for (const field of [fields.latitude, fields.longitude]) field.addEventListener("change", () => this.typed());
    this.removeButton.addEventListener("click", () => this.remove());
    this.hereButton.hidden = !navigator.geolocation;
    this.hereButton.addEventListener("click", () => this.here());
  }

  // What the map shows first: the commune chosen, else the territory, else everything.
  chosen() {
    const { place, whole } = this.fields;
    const territory = whole.selectedOptions[0]?.text;
    const group = [...place.querySelectorAll("optgroup")].find((one) => one.label === territory);
    const codes = place.value ? [place.value] : [...(group?.children ?? [])].map((option) => option.value);
    const kept = this.features.filter((feature) => codes.includes(feature.properties.code));
    return this.L.geoJSON(kept.length ? kept : this.features).getBounds();
  }

  highlight() {
    this.land.eachLayer((layer) => {
      const here = layer.feature.properties.code === this.fields.place.value;
      layer.getElement()?.classList.toggle("pointing__land--here", here);
      if (here) layer.bringToFront();
    });
  }

  // The names of the communes in view, the widest first, each where no other stands.
  name() {
    this.names.clearLayers();
    if (this.words.tiles) return;
    const taken = [];
    for (const { name, middle, at, half } of this.inView()) {
      if (taken.some((other) => Math.abs(other.at.x - at.x) < other.half + half && Math.abs(other.at.y - at.y) < LINE)) continue;
      taken.push({ at, half });
      this.L.tooltip(middle, { permanent: true, direction: "center", className: "pointing__name" })
        .setContent(escaped(name)).addTo(this.names);
    }
  }

  inView() {
    const { map } = this;
    const seen = [];
    for (const layer of this.land.getLayers()) {
      const bounds = layer.getBounds();
      const middle = bounds.getCenter();
      const name = layer.feature.properties.nom.replaceAll("'", "’");
      const half = (name.length * LETTER) / 2;
      const width = map.latLngToContainerPoint(bounds.getNorthEast()).x - map.latLngToContainerPoint(bounds.getSouthWest()).x;
      if (width > half && map.getBounds().contains(middle)) seen.push({ name, middle, half, width, at: map.latLngToContainerPoint(middle) });
    }
    return seen.sort((one, other) => other.width - one.width);
  }

  put(spot, quietly = false) {
    const { fields, words } = this;
    this.mark(spot);
    this.removeButton.hidden = false;
    if (quietly) return;
    fields.latitude.value = written(spot.lat);
    fields.longitude.value = written(spot.lng);
    const commune = this.features.find((feature) => holds(feature.geometry, spot.lng, spot.lat));
    if (commune) fields.place.value = commune.properties.code;
    this.highlight();
    fields.latitude.dispatchEvent(new Event("input", { bubbles: true })); // the draft keeps it
    const shown = commune && fields.place.selectedOptions[0].text;
    say(this.box, shown ? words.placed.replace("{commune}", shown) : words.sea);
  }

  mark(spot) {
    if (this.marker) {
      this.marker.setLatLng(spot);
      return;
    }
    const icon = this.L.divIcon({ className: "pointing__mark", html: MARK, iconSize: [44, 44], iconAnchor: [22, 42] });
    this.marker = this.L.marker(spot, { icon, draggable: true, title: this.words.marker }).addTo(this.map);
    this.marker.on("dragend", () => this.put(this.marker.getLatLng()));
    const element = this.marker.getElement();
    element.setAttribute("aria-label", this.words.marker);
    element.addEventListener("keydown", (event) => this.nudge(event));
  }

  nudge(event) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 2 : STEP;
    const from = this.map.latLngToContainerPoint(this.marker.getLatLng());
    this.put(this.map.containerPointToLatLng(from.add([arrow[0] * step, arrow[1] * step])));
    this.map.panInside(this.marker.getLatLng(), { padding: [40, 40] });
  }

  // The two fields, filled by hand, by the draft or by the server, move the point.
  typed() {
    const [lat, lng] = [this.fields.latitude, this.fields.longitude].map((field) => Number(field.value.replace(",", ".") || NaN));
    if (!Number.isFinite(lat) || !Number.isFinite(lng) || Math.abs(lat) > 90) return;
    this.put(this.L.latLng(lat, lng), true);
    this.map.setView([lat, lng], Math.max(this.map.getZoom(), 12));
  }

  remove() {
    this.marker?.remove();
    this.marker = null;
    this.fields.latitude.value = this.fields.longitude.value = "";
    this.fields.latitude.dispatchEvent(new Event("input", { bubbles: true }));
    this.removeButton.hidden = true;
    this.map.getContainer().focus();
    say(this.box, this.words.removed);
  }

  here() {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const spot = this.L.latLng(coords.latitude, coords.longitude);
        if (!this.features.some((feature) => holds(feature.geometry, spot.lng, spot.lat))) {
          say(this.box, this.words.away);
          return;
        }
        this.map.setView(spot, CLOSE);
        this.put(spot);
      },
      () => say(this.box, this.words.refused),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  }
}

function written(degrees) {
  return degrees.toFixed(DIGITS).replace(".", ",");
}

function escaped(text) {
  return Object.assign(document.createElement("span"), { textContent: text }).innerHTML;
}

// Whether a ray from the point crosses the contour an odd number of times.
function holds(geometry, x, y) {
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  let inside = false;
  for (const ring of parts.flat()) {
    for (let i = 1; i < ring.length; i++) {
      const [[xa, ya], [xb, yb]] = [ring[i - 1], ring[i]];
      if (ya > y !== yb > y && x < xa + ((y - ya) / (yb - ya)) * (xb - xa)) inside = !inside;
    }
  }
  return inside;
}
