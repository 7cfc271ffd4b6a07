/** What a reader would not see, or would see elsewhere than it stands. Line breaks stay. */
export const visible = (text: string): string =>
  text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{C}/gu, '')
    .replace(/\t/g, ' ');
