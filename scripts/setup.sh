# shellcheck shell=sh
# Sourced by the other scripts: installs what the machine needs, and builds.
# The sourcing script has set -eu; $root is the repository, wherever it was called from.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: error: $*"
    exit 1
}

# need_swift: checks that Swift is at least as new as the manifest requires.
need_swift() {
    wanted=$(sed -n '1s/.*swift-tools-version: *//p' "$root/Package.swift")
    install_hint="install Swift $wanted or later from https://www.swift.org/install and put it on the PATH"
    command -v swift >/dev/null || die "there is no swift on the PATH; $install_hint"
    version=$(swift --version 2>&1) || die "swift --version failed; $install_hint. It said: $version"
    found=$(printf '%s\n' "$version" | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ -n "$found" ] || die "cannot read a version from swift --version, which said: $version"
    if [ "${found%%.*}" -lt "${wanted%%.*}" ] ||
        { [ "${found%%.*}" -eq "${wanted%%.*}" ] && [ "${found#*.}" -lt "${wanted#*.}" ]; }; then
        die "swift is $found, and $wanted or later is needed; $install_hint"
    fi
}

# has PACKAGE: whether the files needed from the Debian package PACKAGE exist, from any source.
has() {
    case $1 in
    python3-venv) python3 -c 'import ensurepip' 2>/dev/null ;;
    libsqlite3-dev) [ -f /usr/include/sqlite3.h ] || [ -f /usr/local/include/sqlite3.h ] ;;
    libnss-wrapper) ls /usr/lib/*/libnss_wrapper.so >/dev/null 2>&1 ;;
    debhelper) command -v dh >/dev/null ;;
    zlib1g-dev) [ -f /usr/include/zlib.h ] || [ -f /usr/local/include/zlib.h ] ;;
    *) command -v "$1" >/dev/null ;; # a package named after its command
    esac
}

# install_packages PACKAGE...: installs the missing ones if that needs no prompt; fails if some cannot be installed.
install_packages() {
    missing=
    for package; do
        has "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || return 1
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root='sudo -n'
    fi
    say "Installing$missing ..."
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq"
    # shellcheck disable=SC2086 # $apt and $missing are lists of words
    $apt install -y --no-install-recommends $missing </dev/null >/dev/null 2>&1 || # the package lists may be missing or old
        { $apt update </dev/null && $apt install -y --no-install-recommends $missing </dev/null >/dev/null; } >&2
}

# need_packages PACKAGE...: the same, but a failure ends the script with the command to type.
need_packages() {
    install_packages "$@" ||
        die "missing:$missing; install with: sudo apt-get update && sudo apt-get install -y$missing"
}

# fetch_tool PACKAGE COMMAND [FOLDER]: prints the path of COMMAND. If it is not installed, it is extracted from its Debian package, because
# installing the package would start a server. The package's FOLDER is then put beside it.
fetch_tool() {
    tool=$(command -v "$2") || tool=$root/.build/tools/$2
    if [ ! -x "$tool" ]; then
        say "Fetching $2 ..."
        unpacked=$(mktemp -d)
        chmod 755 "$unpacked" # for the user that apt-get downloads as
        (
            cd "$unpacked"
            apt-get -qq download "$1" || { [ "$(id -u)" -eq 0 ] && apt-get -qq update && apt-get -qq download "$1"; }
            dpkg-deb --extract "$1"_*.deb .
            mkdir -p "${tool%/*}"
            [ -z "${3:-}" ] || { rm -rf "$root/.build/tools/${3##*/}" && mv "$3" "${tool%/*}"; }
            mv usr/*bin/"$2" "$tool"
        ) </dev/null >/dev/null 2>&1 ||
            die "cannot get $2, which the tests need; put the one from Debian's package $1 into $root/.build/tools"
        rm -rf "$unpacked"
    fi
    printf '%s\n' "$tool"
}

# fetch_prometheus_tools: sets PROMETHEUS to the server, PROMTOOL to its own checker and NODE_EXPORTER to its node_exporter.
fetch_prometheus_tools() {
    PROMETHEUS=$(fetch_tool prometheus prometheus)
    PROMTOOL=$(fetch_tool prometheus promtool)
    NODE_EXPORTER=$(fetch_tool prometheus-node-exporter prometheus-node-exporter)
    export PROMETHEUS PROMTOOL NODE_EXPORTER
}

# fetch_alertmanager: sets ALERTMANAGER to Prometheus' Alertmanager. Debian's reads its templates from /usr/share, where only an installation
# puts them; in an extracted one, that path is replaced by a relative one of the same length, from the directory it has to be started in.
fetch_alertmanager() {
    ALERTMANAGER=$(fetch_tool prometheus-alertmanager prometheus-alertmanager usr/share/prometheus/alertmanager)
    case $ALERTMANAGER in
    "$root"/*) LC_ALL=C sed -i 's|/usr/share/prometheus/alertmanager|./////////////////////alertmanager|g' "$ALERTMANAGER" ;;
    esac
    export ALERTMANAGER
}

# fetch_web_servers: sets NGINX to the web server that the tests put in front of a vCenter.
fetch_web_servers() {
    PATH=$PATH:/usr/sbin # Debian installs it there, which is not in every user's PATH
    NGINX=$(fetch_tool nginx nginx)
    export NGINX
}

# fetch_postgresql: sets POSTGRESQL to the directory of PostgreSQL's programs. If it is not installed, it is extracted from its Debian
# packages, with the libraries that are missing, because installing them would start a server.
fetch_postgresql() {
    find_postgresql /usr/lib/postgresql && return
    find_postgresql "$root/.build/tools/postgresql/usr/lib/postgresql" && return
    say "Fetching PostgreSQL ..."
    unpacked=$(mktemp -d)
    chmod 755 "$unpacked" # for the user that apt-get downloads as
    {
        mkdir -p "$unpacked/partial" "$root/.build/tools/postgresql" &&
            { download_postgresql || { [ "$(id -u)" -eq 0 ] && apt-get -qq update && download_postgresql; }; } &&
            for package in "$unpacked"/*.deb; do
                dpkg-deb --extract "$package" "$root/.build/tools/postgresql" || break
            done
    } </dev/null >/dev/null 2>&1
    rm -rf "$unpacked"
    find_postgresql "$root/.build/tools/postgresql/usr/lib/postgresql" ||
        die "cannot get PostgreSQL, which the tests need; install it: sudo apt-get install -y postgresql"
}

# find_postgresql FOLDER: sets POSTGRESQL to the programs of the latest version in FOLDER.
find_postgresql() {
    for POSTGRESQL in "$1"/*/bin; do :; done
    export POSTGRESQL
    [ -x "$POSTGRESQL/postgres" ] && [ -x "$POSTGRESQL/psql" ]
}

# download_postgresql: downloads the package of the server and those it needs that are not installed into $unpacked.
download_postgresql() {
    # The package "postgresql" would also bring the scripts that start a server.
    server=$(apt-cache depends postgresql | sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p' | head -n 1)
    [ -n "$server" ] && apt-get -qq --yes --no-install-recommends --download-only -o Debug::NoLocking=1 \
        -o Dir::Cache::archives="$unpacked" install "$server"
}

# make_peers: sets PEERS_PYTHON to a Python with the clients and validators of Tests/Peers/requirements.txt, from PyPI. Made once
# for each version of that file.
make_peers() {
    PEERS_PYTHON=$root/.build/peers/bin/python
    if ! cmp -s "$root/Tests/Peers/requirements.txt" "$root/.build/peers/requirements.txt"; then
        need_packages python3
        say "Fetching the packages for Tests/Peers from PyPI ..."
        rm -rf "$root/.build/peers"
        peers_log=$(mktemp)
        {
            # Debian has venv in a separate package.
            { python3 -m venv "$root/.build/peers" || { need_packages python3-venv && python3 -m venv --clear "$root/.build/peers"; }; } &&
                "$PEERS_PYTHON" -m pip install --quiet --disable-pip-version-check -r "$root/Tests/Peers/requirements.txt"
        } >"$peers_log" 2>&1 || {
            cat "$peers_log" >&2
            rm -f "$peers_log"
            die "cannot make the Python environment of Tests/Peers, see above; the tests need it"
        }
        rm -f "$peers_log"
        cp "$root/Tests/Peers/requirements.txt" "$root/.build/peers/requirements.txt"
    fi
    export PEERS_PYTHON
}

# build ARGUMENT...: runs swift build. A terminal shows SwiftPM's progress; a log gets one line, and everything if the build fails.
build() {
    need_swift
    need_packages libsqlite3-dev zlib1g-dev
    if [ -t 2 ]; then
        swift build --package-path "$root" "$@" </dev/null >&2
        return
    fi
    say "Building (the first time takes minutes) ..."
    build_log=$(mktemp)
    if swift build --package-path "$root" "$@" </dev/null >"$build_log" 2>&1; then
        rm -f "$build_log"
    else
        cat "$build_log" >&2
        rm -f "$build_log"
        die "swift build failed, see above"
    fi
}

# build_history: builds the executable for installation and sets $history to it. It is linked statically, because finding and
# binding Foundation's shared libraries makes the start three times as slow. It has no debug information (-S), which is a third of
# the file, but keeps symbols, which make a crash report readable. No symbol is exported, because nothing is loaded that could use it:
# the code that only exports refer to is left out, and the start reads no table of them.
build_history() {
    need_swift
    need_packages python3
    set -- --configuration release --static-swift-stdlib --product history -Xlinker -S -Xlinker --no-export-dynamic
    if reduce_icu_data; then
        set -- "$@" -Xlinker --wrap="$icu_symbol" -Xlinker "$root/.build/icu/icu_data.o"
    else
        say "cannot reduce ICU's data, see above: the executable will be 30 MB larger"
    fi
    build "$@"
    # shellcheck disable=SC2034 # read by the sourcing script
    history=$root/.build/release/history
}

# reduce_icu_data: makes the small part of ICU's data that the program uses, to be linked instead of the whole, which is a third of the
# executable; sets $icu_symbol to the name of the whole. Fails if the toolchain's archive is not as expected.
reduce_icu_data() {
    resources=$(swiftc -print-target-info -static-stdlib | sed -n 's|.*"runtimeResourcePath": *"\(.*\)".*|\1|p')
    icu_symbol=$(python3 -B "$root/packaging/build/icu_data.py" "$resources/linux/lib_FoundationICU.a" "$root/.build/icu") &&
        (cd "$root/.build/icu" && "${resources%/lib/*}/bin/clang" -c icu_data.s -o icu_data.o)
}

# hide_build_path FILE: replaces the build directory's path in FILE, an executable, by slashes. The compiler writes the path into texts
# of libraries (#filePath), which -file-prefix-map leaves alone. The length stays the same, so everything else in the file stays in place.
hide_build_path() {
    sought=$(printf '%s' "$root/" | sed 's/[][\\.*^$|&]/\\&/g')
    slashes=$(printf '%s' "$root/" | LC_ALL=C tr -c '' '[/*]')
    LC_ALL=C sed -i "s|$sought|$slashes|g" "$1"
}
