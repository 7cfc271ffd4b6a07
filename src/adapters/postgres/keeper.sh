# Ends the embedded Postgres when nobody uses it any more. $1 is the database folder.
#
# Why a shell: after kill -9 of the app nobody is left to stop its Postgres, and a watcher in Node would cost 40 MB.
# Postgres is not a child of this script, so that either may die without taking the other along.
# owners/<pid> holds the start mark of each process that uses the database: a reused pid does not match its mark.
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

used() {
  for file in "$1"/*; do
    [ -f "$file" ] || continue
    want=
    read -r want < "$file"
    mark_of "${file##*/}"
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

# A restart of the app takes a moment, longer on a busy machine: three looks without a user before anything is ended.
looks=0
while sleep 2; do
  # Another keeper has taken over, or the folder was removed.
  keeper=
  { read -r keeper rest < keeper; } 2> /dev/null
  [ "$keeper" = "$$" ] || exit 0
  if used owners; then
    looks=0
    continue
  fi
  looks=$((looks + 1))
  [ "$looks" -ge 3 ] || continue
  looks=0
  rm -rf leaving
  mv owners leaving 2> /dev/null || [ ! -d owners ] || continue
  if used leaving; then
    mv leaving owners
    continue
  fi
  tries=0
  while postmaster "$1"; do
    if [ "$tries" -lt 10 ]; then kill -INT "$pid"; else kill -QUIT "$pid"; fi
    tries=$((tries + 1))
    sleep 1
  done
  rm -rf leaving
  keeper=
  { read -r keeper rest < keeper; } 2> /dev/null
  [ "$keeper" = "$$" ] && rm -f keeper
  exit 0
done
