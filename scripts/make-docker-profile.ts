/** Writes docker/seccomp.json from the list of system calls that sandboxes are made by. A test holds both equal. */
import { writeFileSync } from 'node:fs';
import { dockerProfile } from './docker-profile.ts';

const file = new URL('../docker/seccomp.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(dockerProfile(), null, 2)}\n`);
