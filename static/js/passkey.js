// Makes or shows a passkey in <form data-passkey="create|get" data-options="address" hidden>: asks the site for its
// options, the device for the key, and sends the form with the answer in its field « credential ». What a reader
// without script is told, [data-passkey-without], goes.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

function toText(buffer) {
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// The dictionaries of WebAuthn level 2 hold bytes where JSON holds text.
function read(options) {
  const known = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  if (options.excludeCredentials) options.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = known(options.allowCredentials);
  return options;
}

function write(key) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = toText(key.response[name]);
  }
  return JSON.stringify({ id: key.id, rawId: toText(key.rawId), type: key.type, response });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const publicKey = read(await answer.json());
  return navigator.credentials[form.dataset.passkey]({ publicKey });
}

function say(form, words) {
  const said = form.querySelector("[data-passkey-said]");
  said.hidden = !words;
  said.querySelector("[data-passkey-words]").textContent = words;
}

async function send(form) {
  const button = form.querySelector("[type=submit]");
  say(form, "");
  button.disabled = true;
  try {
    form.elements.credential.value = write(await ask(form));
    form.submit();
  } catch (failure) {
    const { refused, known, failed } = form.dataset;
    say(form, { NotAllowedError: refused, InvalidStateError: known }[failure.name] || failed);
    button.disabled = false;
    button.focus();
  }
}

export function start(root) {
  if (!window.PublicKeyCredential) return;
  for (const form of root.querySelectorAll("form[data-passkey][hidden]")) {
    form.hidden = false;
    for (const told of root.querySelectorAll("[data-passkey-without]")) told.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.reportValidity()) send(form);
    });
  }
}
