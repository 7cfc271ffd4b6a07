# Ends the embedded Postgres when nobody uses it any more. $1 is the database folder, $2 names this process namespace
# within names of files, $3 in the file `holder`.
#
# Why a shell: after kill -9 of the app nobody is left to stop its Postgres, and a watcher in Node would cost 40 MB.
# Postgres is not a child of this script, so that either may die without taking the other along.
# owners/<namespace>-<pid> holds the start mark of each process that uses the database: a reused pid does not match its
# mark, and a pid of another namespace says nothing here. While this script lives it touches `holder`, by which other
# containers and machines know that the database is in use.
# Leaving is announced by renaming owners/, which is atomic: who arrives later finds no folder, and waits.
cd "$1" || exit 0

mark_of() {
  mark=
  if [ -r /proc/self/stat ]; then
    line=
    { read -r line < "/proc/$1/stat"; } 2> /dev/null || return 0
    set -- ${line##*) }
    [ "$1" = Z ] || mark=${20}
  else
    mark=$(ps -o lstart= -p "$1" 2> /dev/null | sed 's/^ *//; s/ *$//')
  fi
}

# used <folder> <namespace>
used() {
  for file in "$1/$2"-*; do
    [ -f "$file" ] || continue
    want=
    { read -r want < "$file"; } 2> /dev/null
    mark_of "${file##*-}"
    [ -n "$mark" ] && [ "$mark" = "$want" ] && return 0
  done
  return 1
}

postmaster() {
  pid=
  { read -r pid < run/data/postmaster.pid; } 2> /dev/null
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  mark_of "$pid"
  [ -n "$mark" ] || return 1
  if [ -r "/proc/$pid/cmdline" ]; then tr '\0' ' ' < "/proc/$pid/cmdline"; else ps -o command= -p "$pid"; fi |
    grep -qF "$1/run/data"
}

# Another keeper has taken over, or the folder was removed.
replaced() {
  keeper=
  { read -r keeper < keeper; } 2> /dev/null
  [ "$keeper" != "$name" ]
}

held_by() {
  holder=
  { read -r holder < holder; } 2> /dev/null
  [ "$holder" = "$1" ]
}

mark_of "$$"
name="$$ $2 $mark"
ours=
ours_mark=

# Remembers our Postgres: once another container has the database, the pid file is about theirs.
remember() {
  pid=
  { read -r pid < run/data/postmaster.pid; } 2> /dev/null
  [ "$pid" = "$ours" ] && return 0
  postmaster "$1" || return 0
  ours=$pid
  ours_mark=$mark
}

# This machine stood still for so long that another one has taken the database: two must not write it.
yield_to_holder() {
  [ -n "$holder" ] || return 0
  mark_of "${ours:-0}"
  [ -n "$ours" ] && [ "$mark" = "$ours_mark" ] && kill -QUIT "$ours"
  exit 0
}

# A restart of the app takes a moment, longer on a busy machine: three looks without a user before anything is ended.
looks=0
while sleep 2; do
  if held_by "$3"; then touch -c holder; else yield_to_holder; fi
  replaced && exit 0
  remember "$1"
  if used owners "$2"; then
    looks=0
    continue
  fi
  looks=$((looks + 1))
  [ "$looks" -ge 3 ] || continue
  looks=0
  rm -rf leaving
  mv owners leaving 2> /dev/null || [ ! -d owners ] || continue
  if used leaving "$2"; then
    mv leaving owners
    continue
  fi
  tries=0
  while postmaster "$1"; do
    if [ "$tries" -lt 10 ]; then kill -INT "$pid"; else kill -QUIT "$pid"; fi
    tries=$((tries + 1))
    sleep 1
    held_by "$3" && touch -c holder
  done
  held_by "$3" && rm -f holder
  rm -rf leaving
  replaced || rm -f keeper
  exit 0
done
