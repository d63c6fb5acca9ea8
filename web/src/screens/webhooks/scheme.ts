/** How a sender proves who it is, as `domain/webhooks` names it. */
export const SCHEMES = [
  ['standard', 'Standard Webhooks'],
  ['github', 'GitHub, Gitea, Forgejo'],
  ['timestamped', 'Stripe and alike'],
  ['path_token', 'The address alone'],
] as const;

const EXPLAINED: Readonly<Record<string, string>> = {
  standard:
    'Each request is signed with the secret over its id, its time and its body; what is more than five minutes old is turned away.',
  github:
    'Each request carries X-Hub-Signature-256, made with the secret over its body; the id of the delivery tells repeats.',
  timestamped:
    'Each request carries t=<seconds>,v1=<signature> over its time and its body; what is more than five minutes old is turned away.',
  path_token:
    'Nothing is signed: the address alone is the proof. Whoever knows it can start runs, so keep it as you keep a password.',
};

export function explainScheme(scheme: string): string {
  return EXPLAINED[scheme] ?? '';
}

export function nameScheme(scheme: string): string {
  return SCHEMES.find(([name]) => name === scheme)?.[1] ?? scheme;
}

/** What has to be typed to call a webhook from a terminal; signed where the scheme is simple enough for one line. */
export function curlOf(scheme: string, address: string): string {
  const body = `BODY='{"hello":"world"}'`;
  const send = (headers: readonly string[]): string =>
    [
      `curl -X POST '${address}' \\`,
      ...["-H 'content-type: application/json'", ...headers].map((header) => `  ${header} \\`),
      '  -d "$BODY"',
    ].join('\n');
  const sign = (key: string, text: string, form: string): string =>
    `printf %s "${text}" | openssl dgst -sha256 ${key} ${form}`;
  switch (scheme) {
    case 'github':
      return [
        "SECRET='…'",
        body,
        `SIGNATURE=$(${sign('-hmac "$SECRET"', '$BODY', '-r')} | cut -d' ' -f1)`,
        send(['-H "x-hub-signature-256: sha256=$SIGNATURE"']),
      ].join('\n');
    case 'timestamped':
      return [
        "SECRET='…'",
        body,
        'NOW=$(date +%s)',
        `SIGNATURE=$(${sign('-hmac "$SECRET"', '$NOW.$BODY', '-r')} | cut -d' ' -f1)`,
        send(['-H "carillon-signature: t=$NOW,v1=$SIGNATURE"']),
      ].join('\n');
    case 'standard':
      return [
        "SECRET='whsec_…'",
        body,
        'NOW=$(date +%s)',
        'ID=msg_$NOW',
        'KEY=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d \' \\n\')',
        `SIGNATURE=$(${sign('-mac HMAC -macopt hexkey:$KEY', '$ID.$NOW.$BODY', '-binary')} | base64)`,
        send([
          '-H "webhook-id: $ID"',
          '-H "webhook-timestamp: $NOW"',
          '-H "webhook-signature: v1,$SIGNATURE"',
        ]),
      ].join('\n');
    default:
      return [body, send([])].join('\n');
  }
}
