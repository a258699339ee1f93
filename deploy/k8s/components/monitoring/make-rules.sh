#!/usr/bin/env bash
# Writes rules.yaml: the alerts of deploy/prometheus/alerts.yaml as the Prometheus operator wants them
# (kustomize cannot put one file into another). A test says when it is to be run.
set -euo pipefail
cd "$(dirname "$0")"
{
    cat <<'HEAD'
# Made by make-rules.sh from deploy/prometheus/alerts.yaml; change them there.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: expenseflow
  labels:
    app.kubernetes.io/name: expenseflow
spec:
HEAD
    sed -e '/^#/d' -e 's/^/  /' ../../../prometheus/alerts.yaml
} >rules.yaml
