import type { Defence } from '../defence.ts';

/** What the sandbox keeps out, beyond what its own self-test looks for. */
export const sandbox: readonly Defence[] = [
  {
    name: 'bubblewrap starts without the environment of the app',
    invariant: 4,
    file: 'src/adapters/sandbox/launch.ts',
    find: '      env: {},',
    replace: '      env: process.env,',
    test: 'test/sandbox/canaries.test.ts',
    fails: [/^for an app that/],
  },
  {
    name: 'descriptors that the app inherited are covered',
    invariant: 4,
    file: 'src/adapters/sandbox/prepare-setup.ts',
    find: 'inherited: await inheritedDescriptors(),',
    replace: 'inherited: [],',
    test: 'test/sandbox/canaries.test.ts',
    fails: [/^for an app that/],
  },
  {
    name: 'a system call that is not listed is not there',
    invariant: 4,
    file: 'src/adapters/sandbox/build-filter.ts',
    find: '    fail(ENOSYS),\n  ];',
    replace: '    allow,\n  ];',
    test: 'test/sandbox/filter.test.ts',
    fails: [/: every other call/, /: a process may be made, a namespace not/, /the calls of x32/],
  },
  {
    name: 'sockets are of the plain families only',
    invariant: 4,
    file: 'src/adapters/sandbox/build-filter.ts',
    find: '    ...failUnlessOneOf(0, [unix, inet, inet6, netlink], EAFNOSUPPORT),\n',
    replace: '',
    test: 'test/sandbox/filter.test.ts',
    fails: [/: only the plain families/],
  },
  {
    name: 'nothing is made through a link in a tree',
    invariant: 4,
    file: 'src/adapters/sandbox/place-layers.ts',
    find: ' | constants.O_NOFOLLOW',
    replace: '',
    test: 'test/sandbox/surroundings.test.ts',
    fails: ['a layer is not made through a link that a command left in the tree'],
  },
  {
    name: 'nothing is bound over .git',
    invariant: 4,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the source.
    find: 'const KEPT_BELOW = [`${TREE}/.git`, ',
    replace: 'const KEPT_BELOW = [',
    file: 'src/adapters/sandbox/place-layers.ts',
    test: 'test/sandbox/surroundings.test.ts',
    fails: ['what cannot be bound is refused in words'],
  },
];

/** What holds each run, and who is told. */
export const held: readonly Defence[] = [
  {
    name: 'a command waits until it is in its control group',
    invariant: 10,
    file: 'src/adapters/sandbox/bwrap-arguments.ts',
    find: "['--block-fd', '5']",
    replace: '[]',
    test: 'test/sandbox/control-groups.test.ts',
    fails: [/^a command begins only once/],
  },
  {
    name: 'only a group that is delegated is taken',
    invariant: 10,
    file: 'src/adapters/sandbox/control-groups.ts',
    find: 'path.basename(own) === SUBGROUP ? [path.dirname(own)] : []',
    replace: '[path.dirname(own)]',
    test: 'test/sandbox/control-groups.test.ts',
    fails: [/^without a folder of its own/],
  },
  {
    name: 'processor time is counted over the whole run',
    invariant: 10,
    file: 'src/adapters/sandbox/watch-use.ts',
    find: "run.exceeded('out-of-cpu');",
    replace: 'run.limitBytes;',
    test: 'test/sandbox/surroundings.test.ts',
    fails: [/^too much of a processor/],
  },
  {
    name: 'a run without a sandbox is told',
    invariant: 9,
    file: 'src/adapters/sandbox/external-sandbox.ts',
    find: 'log.warn(external.warning',
    replace: 'log.info(external.warning',
    test: 'test/sandbox/external.test.ts',
    fails: ['every run is told in the log'],
  },
  {
    name: 'what left the group of a run without a sandbox ends with it',
    invariant: 10,
    file: 'src/adapters/sandbox/external-run.ts',
    find: '    killUser(this.#uid);\n',
    replace: '',
    test: 'test/sandbox/external.test.ts',
    fails: [/^time, output and an abort end a run/],
  },
];
