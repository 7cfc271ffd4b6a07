/** What is proved by a test outside of the matrix. */
export interface Proof {
  /** Continues “a candidate that” or “a suite that”. */
  readonly way: string;
  /** What stops it, or what is said of it. */
  readonly stops: string;
  readonly file: string;
  /** As it stands in the file. */
  readonly test: string;
}

/** Cheats that do not reach the gate, or that people try. */
export const otherCheats: readonly Proof[] = [
  {
    way: 'has a path with `..`, one into `.git`, or an empty name',
    stops: 'the pack is not taken in (fsck)',
    file: 'test/git/snapshot.test.ts',
    test: 'a pack that is broken, incomplete or hostile is not taken in',
  },
  {
    way: 'nests a repository with hooks and filters of its own',
    stops: 'the tree is no candidate; at the top it changes nothing',
    file: 'test/git/snapshot.test.ts',
    test: 'a .git of the agent at the top, a filter, a hook and a pipe change nothing about what is taken',
  },
  {
    way: 'forges a file that was hidden from it',
    stops: 'the tree is no candidate',
    file: 'test/git/snapshot.test.ts',
    test: "['a hidden path', 'mkdir tickets && echo forged > tickets/1.json']",
  },
  {
    way: 'changes nothing and says that it did',
    stops: 'no candidate: no-change',
    file: 'test/agents/builtin.test.ts',
    test: 'an agent that claims success without a change has made nothing',
  },
  {
    way: 'looks for tickets, keys and hold-outs where it works',
    stops: 'they are not there (invariant 4)',
    file: 'test/invariants/in-world.test.ts',
    test: 'invariant 4: an agent that looks around and lies sees nothing of the ticket, and gets nowhere',
  },
  {
    way: 'loses its approved cases by a push to its branch',
    stops: 'integrity: oracle',
    file: 'test/invariants/oracle.test.ts',
    test: 'invariant 5: cases that a person takes off the branch are red: what is approved is compared byte for byte',
  },
  {
    way: 'writes a case in other letters of the same path',
    stops: 'integrity: oracle',
    file: 'test/invariants/oracle.test.ts',
    test: "'EVALS/fetch.yml'",
  },
  {
    way: 'writes to the checkout that it is judged in',
    stops: 'the tree is read-only',
    file: 'test/sandbox/run.test.ts',
    test: 'a read-only tree stays as it is',
  },
  {
    way: 'leaves a process behind for a later run',
    stops: 'it ends with its run',
    file: 'test/sandbox/run.test.ts',
    test: 'what a command leaves in the background ends with it',
  },
  {
    way: 'burns the machine until base’s suite takes too long',
    stops: 'base is run again alone, and its cases are compared',
    file: 'test/gate/base-again.test.ts',
    test: 'a report of base that cannot be read is asked for once more when no head runs, and its cases are compared',
  },
  {
    way: 'reports in place of the suite at random',
    stops: 'faults planted in its suite: what is run twice has to come out the same',
    file: 'test/gate/plant-faults.test.ts',
    test: 'whoever fakes at random and else tells the truth, or leaves nothing, passes hardly ever',
  },
  {
    way: 'changes what dependencies are made of, or what lies where they are laid',
    stops: 'integrity: oracle',
    file: 'test/invariants/oracle.test.ts',
    test: 'invariant 5: nothing that dependencies are made of, and nothing where they lie, is a candidate’s',
  },
  {
    way: 'makes other dependencies while it works, and keeps what it made',
    stops: 'integrity: oracle',
    file: 'test/stories/prepare.test.ts',
    test: 'an agent works with the dependencies, and what it changes of them is refused with the file named',
  },
];

/** Suites that misbehave, and what people read of them. */
export const badSuites: readonly Proof[] = [
  {
    way: 'hangs',
    stops: 'it took too long',
    file: 'test/suites/suites.test.ts',
    test: 'a step in lines that hangs is ended, and what it answered before counts',
  },
  {
    way: 'hangs for one input',
    stops: 'it took too long',
    file: 'test/suites/suites.test.ts',
    test: 'a step for one input that hangs is ended',
  },
  {
    way: 'forks without end',
    stops: 'it ended with exit code …',
    file: 'test/sandbox/run.test.ts',
    test: 'a run has only so many processes, and the next run has them all again',
  },
  {
    way: 'fills the disk or the memory',
    stops: 'it used too much memory',
    file: 'test/sandbox/run.test.ts',
    test: 'too much memory ends a run, counted over all its processes and its scratch folders',
  },
  {
    way: 'prints without end',
    stops: 'it printed too much',
    file: 'test/sandbox/run.test.ts',
    test: 'too much output ends a run, on either stream, and is cut at the limit',
  },
  {
    way: 'prints what is not UTF-8',
    stops: 'it printed something that is not UTF-8',
    file: 'test/suites/suites.test.ts',
    test: "'prints what is not UTF-8'",
  },
  {
    way: 'ends with 0 and has answered nothing',
    stops: 'it gave no answer',
    file: 'test/suites/suites.test.ts',
    test: "'exits at once'",
  },
  {
    way: 'answers and ends badly',
    stops: 'it ended with exit code 3',
    file: 'test/suites/suites.test.ts',
    test: "'prints an answer and exits badly'",
  },
  {
    way: 'answers a case twice',
    stops: 'it answered this case twice',
    file: 'test/suites/suites.test.ts',
    test: "'answers twice'",
  },
  {
    way: 'names a case twice in its file',
    stops: 'the file is a mistake, with its line',
    file: 'test/domain/parse-case-file.test.ts',
    test: 'mistakes of the cases have the line of the case',
  },
  {
    way: 'has another list of cases on a person’s head',
    stops: 'it waits for a writer who accepts exactly that commit',
    file: 'test/stories/guard.test.ts',
    test: 'a pull request that changes what it is judged by waits until another writer accepts exactly that commit',
  },
  {
    way: 'is red on base already',
    stops: 'red on base already, for that case alone',
    file: 'test/gate/bad-suites.test.ts',
    test: 'of a base that is red already that case alone is forgiven, and it is named',
  },
  {
    way: 'turns red in another case too',
    stops: 'green on base, red now: …',
    file: 'test/gate/bad-suites.test.ts',
    test: 'beside a case that is red already, another that turns red still blocks',
  },
  {
    way: 'stops running a case that was red',
    stops: 'it does not run now: it gave no answer',
    file: 'test/gate/bad-suites.test.ts',
    test: 'a case that was red and does not run any more is not forgiven',
  },
  {
    way: 'does not run on base at all',
    stops: 'it does not run on base: …',
    file: 'test/gate/bad-suites.test.ts',
    test: 'a base of which the step does not run at all proves nothing',
  },
  {
    way: 'hangs, and leaves a report',
    stops: 'The suite took too long and was stopped.',
    file: 'test/suites/report.test.ts',
    test: "'a suite that hangs'",
  },
  {
    way: 'forks without end, and leaves a report',
    stops: 'The suite ended with exit code …, but no case of its report is red.',
    file: 'test/suites/report.test.ts',
    test: "'a suite that forks without end'",
  },
  {
    way: 'fills the disk, and leaves a report',
    stops: 'the disk filled up while it ran',
    file: 'test/suites/report.test.ts',
    test: "'a suite that fills the disk'",
  },
  {
    way: 'fills the memory, and leaves a report',
    stops: 'it used too much memory',
    file: 'test/suites/report.test.ts',
    test: "'a suite that fills the memory'",
  },
  {
    way: 'prints without end where a report is expected',
    stops: 'it printed too much',
    file: 'test/suites/report.test.ts',
    test: "'a suite that prints without end'",
  },
  {
    way: 'leaves a report without end',
    stops: 'The report is larger than what is read.',
    file: 'test/suites/report.test.ts',
    test: "'a report without end'",
  },
  {
    way: 'leaves a report that is not UTF-8',
    stops: 'The report is not UTF-8 text.',
    file: 'test/suites/report.test.ts',
    test: "'bytes that are not UTF-8'",
  },
  {
    way: 'ends with 0 and leaves no report',
    stops: 'The suite left no report.',
    file: 'test/suites/report.test.ts',
    test: "'no report and exit code 0'",
  },
  {
    way: 'ends badly and leaves a green report',
    stops: 'The suite ended with exit code 1, but no case of its report is red.',
    file: 'test/suites/report.test.ts',
    test: "'a green report and a failing command'",
  },
  {
    way: 'leaves a report that is cut off',
    stops: 'The last line of the report is not {"end": number of cases}.',
    file: 'test/suites/report.test.ts',
    test: "'a report that is cut off'",
  },
  {
    way: 'names a case twice in its report',
    stops: 'The report holds the case … twice.',
    file: 'test/suites/report.test.ts',
    test: "'a report that names a case twice'",
  },
  {
    way: 'leaves a report of another commit',
    stops: 'The report says that it is of commit …, which is not what is judged.',
    file: 'test/gate/report-commit.test.ts',
    test: 'a report that names %s is an error that says so',
  },
  {
    way: 'reports other cases on head than on base',
    stops: 'it has a result on base, but none now',
    file: 'test/gate/pair-reports.test.ts',
    test: 'cases are paired by their ids, and one that is not there on a side is missing there',
  },
  {
    way: 'loses a case on a person’s head',
    stops: 'it waits for a writer who accepts exactly that commit',
    file: 'test/stories/guard.test.ts',
    test: 'a test that is taken out of such a suite is named, and base’s own still has to hold',
  },
  {
    way: 'leaves no report on base, however often',
    stops: 'it does not run on base, nor when it is run there again, so there is nothing to compare with',
    file: 'test/gate/base-again.test.ts',
    test: 'where it stays so the step waits for a person, and only a person’s pull request mends it',
  },
  {
    way: 'errs on base when a case that is red there is run again',
    stops: 'on base it came to something in … runs only, and … are needed to tell it from noise',
    file: 'test/gate/noisy-suites.test.ts',
    test: 'what errs on base when it is run again is not red there, so nothing is forgiven by it',
  },
  {
    way: 'leaves files of a report that name different commits',
    stops: 'One file of the report says that it is of commit …, another of …',
    file: 'test/reports/read-report.test.ts',
    test: 'cannot be used where they name different ones',
  },
  {
    way: 'takes longer than a judgement may',
    stops: 'judging took longer than … minutes',
    file: 'test/gate/in-time.test.ts',
    test: 'all runs end with the limit, and what was found counts for nothing: a person is told what to do',
  },
  {
    way: 'is noisy, and too slow to be run again',
    stops: 'there was no time to run it again',
    file: 'test/gate/noisy-suites.test.ts',
    test: 'what there is no time to run again is neither good nor bad, and what was cut off counts for nothing',
  },
];

/** Pull requests about which something happens at an odd moment. */
export const oddPulls: readonly Proof[] = [
  {
    way: 'is pushed to by force while its head is judged',
    stops: 'the checks of the new head, from its own judgement',
    file: 'test/stories/while-judging.test.ts',
    test: 'a push by force while a head is judged: the verdict is about the new head, and none is on it from the old one',
  },
  {
    way: 'is pushed to by force while its approved head is judged',
    stops: 'the approval was given for … but the head is now …',
    file: 'test/stories/while-judging.test.ts',
    test: 'a push by force while an approved head is judged: the approval is of the older one, and merges nothing',
  },
  {
    way: 'is approved while its head is judged, and green',
    stops: 'Merged in …, once the verdict is there',
    file: 'test/stories/while-judging.test.ts',
    test: 'an approval while its head is judged merges nothing before the verdict, and holds once that is green',
  },
  {
    way: 'is approved while its head is judged, and red',
    stops: 'still red: …',
    file: 'test/stories/while-judging.test.ts',
    test: 'an approval while its head is judged merges nothing where the verdict is red, and the status says why',
  },
  {
    way: 'is accepted, and changes more of what it is judged by once it is in the queue',
    stops: 'it changes other things that it is judged by than a writer accepted of the pull request, each named',
    file: 'test/stories/merge-queue.test.ts',
    test: 'what became oracle after a writer accepted a head is not covered in the queue, and is named',
  },
  {
    way: 'is accepted, and changes more of what it is judged by when it is judged again',
    stops: 'what … accepted of this commit is not all that is named by now',
    file: 'test/stories/guard.test.ts',
    test: 'an acceptance covers what the checks named until then: what is named later waits again',
  },
  {
    way: 'is accepted before its checks name anything',
    stops: 'when that was written, no check named what there is to accept now',
    file: 'test/invariants/who-accepts.test.ts',
    test: '5 nobody accepts what no check has named to them: %s',
  },
  {
    way: 'is pointed at another branch after it was judged',
    stops: 'only pull requests into … are judged, and this one was pointed at another branch',
    file: 'test/stories/guard.test.ts',
    test: 'what was judged into the default branch is over once the pull request points elsewhere, and judged anew when it is back',
  },
  {
    way: 'is judged again, and cannot be compared any more',
    stops:
      'the gate says why; its other checks are cancelled: an earlier judgement said something here, which holds no more',
    file: 'test/stories/guard.test.ts',
    test: 'a verdict that has no parts tells the checks of an earlier one on the same commit that they hold no more',
  },
  {
    way: 'has the head of another',
    stops: 'its head was judged for another pull request already',
    file: 'test/stories/guard.test.ts',
    test: 'of two pull requests with one head the first is judged, and the second is told',
  },
  {
    way: 'is closed, pushed to and opened again',
    stops: 'the checks of the new head',
    file: 'test/stories/guard.test.ts',
    test: 'a pull request that was closed and opened again is judged again where its head moved',
  },
  {
    way: 'is the app’s own, closed and opened again',
    stops: 'closed by hand; then it goes on',
    file: 'test/stories/approval.test.ts',
    test: 'a pull request closed by hand ends the work in words; reopened, it goes on',
  },
  {
    way: 'changes what dependencies are made of, or brings them along ready-made',
    stops: '… decide which dependencies there are. Everything was run with those of the base branch',
    file: 'test/cli/gate-prepare.test.ts',
    test: 'nothing of a hostile head makes dependencies: neither its scripts, nor what it brings along ready-made',
  },
  {
    way: 'says by what command base’s dependencies are made',
    stops: 'it waits for a writer who accepts exactly that commit',
    file: 'test/cli/gate-prepare.test.ts',
    test: 'a head cannot say what base’s dependencies are made by',
  },
  {
    way: 'is rooted before a case that base has by now',
    stops: 'its merge into base is judged, by that case as well',
    file: 'test/invariants/rooted-further-back.test.ts',
    test: '5 a head rooted before a case is judged by that case as well',
  },
  {
    way: 'is to be judged again, without end, by an author who may not write',
    stops: 'this commit was judged again as often as … may ask for it without write permission',
    file: 'test/invariants/who-rechecks.test.ts',
    test: '10 whoever may not write has one head judged again three times, and a writer as often as they like',
  },
  {
    way: 'gets one commit after the other of an author who may not write',
    stops:
      '10 commits of this pull request were judged within an hour; the next one waits for the hour’s end, or a writer',
    file: 'test/invariants/heads-an-hour.test.ts',
    test: '10 of a pull request of somebody who may not write so many heads an hour are judged, and the next one is told',
  },
  {
    way: 'is approved while base moves on, again and again',
    stops: '… moved after each of the last 5 approvals; and what a person can do',
    file: 'test/invariants/up-to-date.test.ts',
    test: 'a base that moves after each approval is run after five times, and people are told what they can do',
  },
  {
    way: 'comes from a fork',
    stops: 'the checks of each of its heads',
    file: 'test/stories/forks.test.ts',
    test: 'a pull request from a fork is judged step by step, and each of its heads anew',
  },
  {
    way: 'changes what it is judged by, by a commit that nobody saw pushed',
    stops: 'it waits for two writers, or for one more push',
    file: 'test/stories/forks.test.ts',
    test: 'the first head of a fork nobody saw pushed: two writers accept what it is judged by, a later one needs one',
  },
  {
    way: 'comes from a branch of a fork that is named like the app’s own',
    stops: 'it is judged as its owner’s, and the app’s own goes on',
    file: 'test/stories/forks.test.ts',
    test: 'a branch of a fork that is named like the app’s own is nobody’s but its owner’s',
  },
];
