#!/usr/bin/env bash
# Brings what the build needs: Debian packages, and ONNX Runtime's C header (pinned by SHA-256).
# Does nothing where everything is there, so it needs no network the second time.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(libavformat-dev libavcodec-dev libavutil-dev libswresample-dev zlib1g-dev libssl-dev libsqlite3-dev
    pkg-config espeak-ng ffmpeg python3 python3-pip)

missing=()
for package in "${packages[@]}"; do
    case $package in
        python3) command -v python3 >/dev/null && continue ;;
        python3-pip) python3 -m pip --version >/dev/null 2>&1 && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if ((${#missing[@]})); then
    if [ "$(id -u)" = 0 ]; then as_root=(); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else
        echo "These Debian packages are missing, and this account may not install them. Run:" >&2
        echo "    sudo apt-get update && sudo apt-get install ${missing[*]}" >&2
        exit 69
    fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
fi

command -v swift >/dev/null || {
    echo "The Swift toolchain (6.2 or newer) is missing: see https://www.swift.org/install/linux/" >&2
    exit 69
}

# The header is taken from a wheel that bundles it: the runtime's own wheel carries the library alone.
header=.deps/include/onnxruntime_c_api.h
if [ ! -f "$header" ]; then
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/hyperaudio/wheels
    wheel=kokoro_pi-1.2.0-py3-none-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl
    sum=4fc8ff1dc7d16846fb50fdb0506d6ffe8cb04d0e80844a77781adc09529632fb
    mkdir -p "$cache" .deps/include
    echo "$sum  $cache/$wheel" | sha256sum --check --status 2>/dev/null || {
        echo "Fetching ONNX Runtime's header"
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
            --platform manylinux_2_28_x86_64 --python-version 3.12 --implementation cp --dest "$cache" kokoro-pi==1.2.0
        echo "$sum  $cache/$wheel" | sha256sum --check --status || {
            echo "$cache/$wheel is not the file that was expected; delete it and try again." >&2
            exit 65
        }
    }
    python3 - "$cache/$wheel" <<'PYTHON'
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
for name in ("onnxruntime_ep_c_api.h", "onnxruntime_c_api.h"):
    data = wheel.read("kokoro_pi/_bundled/native/include/" + name)
    open(".deps/include/" + name, "wb").write(data)
PYTHON
fi
