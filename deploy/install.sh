#!/bin/sh
# Installs the bot as a systemd service, or installs a new version over it. The config and the data stay as they are.
#   sudo sh deploy/install.sh                     into /opt/nuanxin, /etc/nuanxin, /var/lib/nuanxin
#   sh deploy/install.sh --prefix FOLDER          the same below a folder, without root: to look at it, or to test it
#   … --without-packages                          does not build .venv
set -eu
umask 022

prefix=""
packages=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --prefix) [ $# -ge 2 ] || { echo "--prefix needs a folder" >&2; exit 2; }; prefix=$2; shift 2 ;;
    --without-packages) packages=no; shift ;;
    *) echo "install.sh: unknown argument $1" >&2; exit 2 ;;
  esac
done
if [ -n "$prefix" ]; then
  mkdir -p "$prefix"
  prefix=$(cd "$prefix" && pwd)
elif [ "$(id -u)" != 0 ]; then
  echo "install.sh: run it as root, or with --prefix FOLDER" >&2
  exit 1
fi
source=$(cd "$(dirname "$0")/.." && pwd)
program=$prefix/opt/nuanxin config=$prefix/etc/nuanxin data=$prefix/var/lib/nuanxin
units=$prefix/etc/systemd/system commands=$prefix/usr/local/bin

if [ -z "$prefix" ] && ! id nuanxin >/dev/null 2>&1; then
  useradd --system --user-group --home-dir /var/lib/nuanxin --no-create-home --shell /usr/sbin/nologin nuanxin
fi

# The program: what another version had and this one has not must go.
mkdir -p "$program" "$config" "$units" "$commands"
if [ "$source" != "$program" ]; then
  for name in bot handlers schedules storage; do
    rm -rf "${program:?}/$name"
    cp -R "$source/$name" "$program/$name"
  done
  cp "$source/Makefile" "$source/requirements-uv.lock" "$source/requirements.lock" "$source/config.example.toml" "$source/LICENSE" "$source/NOTICE" "$program/"
fi
if [ "$packages" = yes ]; then
  # Without the caches of pip and uv, which would take as much room again.
  PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 make -C "$program" install
  sh "$source/deploy/slim.sh" "$program"
fi

# The config, readable by the bot alone, since it holds the token.
if [ ! -e "$config/config.toml" ]; then
  (umask 077 && sed "s|^folder = \"data\" .*|folder = \"$data\"|" "$program/config.example.toml" >"$config/config.toml")
fi
mkdir -p "$data"
chmod 700 "$data"
if [ -z "$prefix" ]; then
  chown root:nuanxin "$config/config.toml"
  chmod 640 "$config/config.toml"
  chown nuanxin:nuanxin "$data"
fi

# The unit, and a command that always has the right config and account: `nuanxin check`, `nuanxin backup FILE`.
sed -e "s|/opt/nuanxin|$program|g" -e "s|/etc/nuanxin|$config|g" "$source/deploy/nuanxin.service" >"$units/nuanxin.service"
cat >"$commands/nuanxin" <<COMMAND
#!/bin/sh
export PYTHONPATH="$program"
set -- "$program/.venv/bin/python" -m bot --config "$config/config.toml" "\$@"
if [ "\$(id -u)" = 0 ] && [ "$prefix" = "" ]; then
  exec runuser -u nuanxin -- "\$@"
fi
exec "\$@"
COMMAND
chmod 755 "$commands/nuanxin"

if [ -z "$prefix" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
echo "installed in $program"
echo "1. edit $config/config.toml: the token, your organisation, your own id under [people] admins"
echo "2. $commands/nuanxin check"
echo "3. systemctl enable --now nuanxin     (a new version: $commands/nuanxin upgrade, then systemctl restart nuanxin)"
