import * as say from '../../domain/messages/cli-demo.ts';

/** Prints one line per event, with the time since the start and a link. */
export interface Narrator {
  chapter(letter: string, title: string): void;
  event(text: string, link: string): void;
  /** Notes a figure for the summary. */
  figure(name: string, value: string): void;
  summary(): void;
}

export function narrator(write: (text: string) => void): Narrator {
  const began = performance.now();
  const figures: (readonly [string, string])[] = [];
  let events = 0;
  return {
    chapter: (letter, title) => write(`\n${say.chapter(letter, title)}\n`),
    event: (text, link) => {
      events++;
      write(`${say.event((performance.now() - began) / 1000, text, link)}\n`);
    },
    figure: (name, value) => figures.push([name, value]),
    summary: () => {
      write(`\n${say.summaryTitle(events, (performance.now() - began) / 1000)}\n`);
      const width = Math.max(...figures.map(([name]) => name.length));
      for (const [name, value] of figures) write(`  ${name.padEnd(width)}  ${value}\n`);
    },
  };
}
