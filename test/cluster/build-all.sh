#!/usr/bin/env bash
# Builds the control plane where tools.ts looks for it, without Node: for machines where nothing is installed yet.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version() { sed -n "s/.*$1: '\(v[0-9.]*\)'.*/\1/p" "$here/tools.ts"; }
KUBE_VERSION=$(version kubernetes) KWOK_VERSION=$(version kwok) METRICS_SERVER_VERSION=$(version metricsServer)
export KUBE_VERSION KWOK_VERSION METRICS_SERVER_VERSION
exec bash "$here/build.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/flagbridge/cluster/k8s-$KUBE_VERSION"
