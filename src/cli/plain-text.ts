/** Text from outside on one line of a terminal: nothing in it moves the cursor or changes colours. */
export function plainText(text: string): string {
  return text.replace(CONTROL_OR_DIRECTION, ' ');
}

// Control characters, and the marks that reverse the direction of what follows.
// oxlint-disable-next-line no-control-regex
const CONTROL_OR_DIRECTION = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
