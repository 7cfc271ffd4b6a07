/** What `bwrap --json-status-fd` has said so far. */
export interface News {
  /** The first process of the sandbox as the host sees it, and the inode of its pid namespace. */
  readonly first?: { readonly pid: number; readonly namespace: number };
  /** Said only when the command was really started. 129 to 192: it died of signal `exit - 128`. */
  readonly exit?: number;
}

/** Reads the lines that bubblewrap writes; a line still under way is not seen. */
export function readNews(text: string): News {
  const field = (name: string): number | undefined => {
    const digits = new RegExp(`"${name}": (\\d+)[ ,]`).exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const [pid, namespace, exit] = [field('child-pid'), field('pid-namespace'), field('exit-code')];
  return {
    ...(pid === undefined || namespace === undefined ? {} : { first: { pid, namespace } }),
    ...(exit === undefined ? {} : { exit }),
  };
}
