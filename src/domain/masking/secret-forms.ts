/**
 * The texts under which these secrets are looked for: as they are, URL-encoded, escaped for JSON,
 * HTML and the shell, in hex, base64 and base64url; and each line of a secret that has several.
 *
 * A value of SHORT_CHARS_MIN to SECRET_CHARS_MIN - 1 characters is looked for only as it is, and a
 * shorter one not at all: masking it would tear ordinary words apart and tell where it stands.
 */
export function secretForms(secrets: Iterable<string>): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const secret of secrets) {
    addForms(forms, secret);
    if (/[\r\n]/.test(secret)) {
      // Lines are often printed trimmed, and one at a time.
      for (const line of secret.split(/[\r\n]+/)) addForms(forms, line.trim());
      addForms(forms, secret.trim());
      addForms(forms, secret.replaceAll(/\r\n|\r/g, '\n').trim());
    }
  }
  return forms;
}

/** Shorter values are not masked in encoded forms; the vault warns about them. */
const SECRET_CHARS_MIN = 6;

/** Shorter values are not masked. */
const SHORT_CHARS_MIN = 4;

function addForms(forms: Set<string>, value: string): void {
  const text = value.toWellFormed();
  if (text.length < SHORT_CHARS_MIN) return;
  forms.add(text);
  if (text.length < SECRET_CHARS_MIN) return;
  for (const form of [
    ...urlForms(text),
    ...jsonForms(text),
    ...htmlForms(text),
    ...shellForms(text),
    ...byteForms(new TextEncoder().encode(text)),
  ]) {
    forms.add(form);
  }
}

function urlForms(text: string): readonly string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const withPlus = strict.replaceAll('%20', '+');
  const all = [component, strict, withPlus, withPlus.replaceAll('%2A', '*'), encodeURI(text)];
  return [...all, ...all.map(lowerPercents)];
}

function lowerPercents(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replaceAll(/[\u007f-\uffff]/g, unicodeEscape);
  const html = plain.replaceAll(/[<>&'\u2028\u2029]/g, unicodeEscape);
  // A value that was put into JSON twice, as in a log line that carries a request body.
  const twice = JSON.stringify(plain).slice(1, -1);
  return [plain, plain.replaceAll('/', String.raw`\/`), ascii, html, twice];
}

function unicodeEscape(character: string): string {
  return String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0');
}

function htmlForms(text: string): readonly string[] {
  const some = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = some.replaceAll('"', '&quot;');
  return [
    some,
    quoted,
    ...['&#39;', '&#x27;', '&apos;', '&#039;'].map((quote) => quoted.replaceAll("'", quote)),
    some.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ];
}

/** What stands between or instead of the outer quotes. */
function shellForms(text: string): readonly string[] {
  return [
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", String.raw`\'`),
    text.replaceAll(/["$`\\]/g, String.raw`\$&`),
    text.replaceAll(/["$`\\!]/g, String.raw`\$&`),
    text.replaceAll(/[^A-Za-z0-9_\-.,:+/@\n\u0080-\uffff]/g, String.raw`\$&`),
    text.replaceAll(/[^A-Za-z0-9_\-.,:+/@%=\n\u0080-\uffff]/g, String.raw`\$&`),
  ];
}

function byteForms(bytes: Uint8Array): readonly string[] {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = [0, 1, 2].map((alignment) => base64Within(bytes, alignment));
  return [
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/**
 * The part of a base64 text that depends on these bytes alone, when they begin `alignment` bytes
 * after a multiple of three. Up to two characters at either end also depend on the neighbours.
 */
function base64Within(bytes: Uint8Array, alignment: number): string {
  let binary = '\0'.repeat(alignment);
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const whole = Math.floor((binary.length * 8) / 6);
  return btoa(binary).slice(Math.ceil((alignment * 8) / 6), whole);
}
