#!/bin/sh
# Takes out of .venv what the bot never uses, about half of it. `make install` puts it back.
#   sh deploy/slim.sh FOLDER       the folder of the program, with its .venv
#   STRIP=none                     keeps the symbols for debuggers
set -eu
[ $# -eq 1 ] || { echo "slim.sh: name the folder of the program" >&2; exit 2; }
program=$1
venv=$program/.venv
packages=$(echo "$venv"/lib/python3*/site-packages)
[ -d "$packages" ] || { echo "slim.sh: there is no .venv in $program" >&2; exit 1; }

# What has built .venv. Without the marks `make install` builds again.
rm -f "$venv/.uv" "$venv/.run" "$venv/.dev" "$venv/.lock" "$venv"/bin/uv "$venv"/bin/uvx "$venv"/bin/pip* "$venv"/bin/f2py
for name in uv uv-* pip pip-* setuptools setuptools-* pkg_resources _distutils_hack distutils-precedence.pth; do
  rm -rf "$packages"/$name # unquoted: a pattern
done

# Tests, tools for tests and builds, sources of what is compiled, and lists of what it was compiled from.
find "$packages" -type d \( -name tests -o -name test -o -name SelfTest -o -name sboms \) -prune -exec rm -rf {} +
for name in sqlalchemy/testing alembic/testing numpy/f2py numpy/distutils numpy/_core/include numpy/_core/lib; do
  rm -rf "${packages:?}/$name"
done

# Parts of libraries that neither the program nor the libraries themselves ask for.
for name in lxml/html lxml/isoschematron numpy/fft numpy/polynomial stdnum/oui.dat telegram/ext; do
  rm -rf "${packages:?}/$name"
done
rm -f "$packages"/lxml/objectify.*
find "$packages/numpy/_core" -type f -name '_*_tests.*' -delete
for ending in a c cpp h pxd pyi pyx; do
  find "$packages" -type f -name "*.$ending" -delete
done

# Names of days and holidays in languages that the bot does not speak, and a highlighter's knowledge of theirs.
set -- -name root.dat -o -name 'en*'
for folder in "$program"/handlers/i18n/locales/*/; do
  language=$(basename "$folder")
  set -- "$@" -o -name "${language%%_*}*"
done
find "$packages/babel/locale-data" -type f ! \( "$@" \) -delete
find "$packages/holidays/locale" -mindepth 1 -maxdepth 1 -type d ! \( "$@" \) -exec rm -rf {} +
find "$packages/pygments/lexers" -type f ! -name '__init__.*' ! -name '_mapping.*' -delete

# A format of pictures that Pillow would read: the bot only draws, and AVIF is a third of what Pillow brings.
rm -f "$packages"/PIL/_avif.* "$packages"/pillow.libs/libavif-*

# Symbols for debuggers, where the machine has binutils.
if command -v "${STRIP:-strip}" >/dev/null; then
  "$venv/bin/python" "$(dirname "$0")/slim_symbols.py" "${STRIP:-strip}" "$packages"
fi

# Compiled files of what is never imported.
"$venv/bin/python" "$(dirname "$0")/slim_compiled.py" "$program"
