#!/bin/sh
# Installs the peers: .venv and .venv-spleeter beside this script. Python 3.11; PyPI only, about 4 GB.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3.11}
command -v ffmpeg > /dev/null || { echo "ffmpeg is missing: apt-get install ffmpeg" >&2; exit 1; }

"$python" -m venv .venv
.venv/bin/pip install --quiet --requirement requirements.txt
# torchaudio's compiled part is built for graphics cards and cannot be loaded beside a PyTorch without them. What is used
# here, filterbanks and resampling, is not in it; without the file torchaudio does without.
.venv/bin/python -c "import torchaudio" 2> /dev/null ||
    rm -f .venv/lib/python*/site-packages/torchaudio/lib/*torchaudio*.so
.venv/bin/python -c "import torchaudio"

"$python" -m venv .venv-spleeter
.venv-spleeter/bin/pip install --quiet --requirement requirements-spleeter.txt
