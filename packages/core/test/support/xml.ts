/**
 * Enough of XML to hold pictures against: elements are closed in order, and text and attributes are escaped.
 *
 * @returns the text of all elements in order
 * @throws when the text is not well-formed
 */
export function textsOfXml(xml: string): string[] {
  const open: string[] = [];
  const texts: string[] = [];
  const token = /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let end = 0;
  for (let found = token.exec(xml); found !== null; found = token.exec(xml)) {
    end = token.lastIndex;
    const [, closing, name = '', attributes = '', selfClosing, content] = found;
    for (const text of [attributes, content ?? '']) {
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`not escaped: ${text}`);
    }
    if (content !== undefined) {
      if (content.trim() !== '') texts.push(unescaped(content));
    } else if (closing === '/') {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> closes <${expected}>`);
    } else if (selfClosing === '') open.push(name);
  }
  if (end !== xml.length) throw new Error(`no XML from here on: ${xml.slice(end, end + 80)}`);
  if (open.length > 0) throw new Error(`left open: ${open.join(' ')}`);
  return texts;
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
