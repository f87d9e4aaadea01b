{{- define "unlade.name" -}}
{{- if contains "unlade" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-unlade" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "unlade.selector" -}}
app.kubernetes.io/name: unlade
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "unlade.labels" -}}
{{ include "unlade.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "unlade.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* The secret's name; nothing for a single node to which nothing was given. */}}
{{- define "unlade.secret" -}}
{{- if .Values.existingSecret }}{{ .Values.existingSecret }}
{{- else if compact (values .Values.secret) }}{{ include "unlade.name" . }}
{{- end }}
{{- end }}

{{- define "unlade.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "unlade.name" .) }}
{{- end }}

{{- define "unlade.scheme" -}}
{{ ternary "https" "http" (not (empty .Values.tls.existingSecret)) }}
{{- end }}

{{/* What cannot work is refused here and not by a pod that does not start. */}}
{{- define "unlade.check" -}}
{{- if eq .Values.topology "many" }}
{{- if not (.Values.settings.storage).bucket }}{{ fail "topology many needs settings.storage.bucket" }}{{ end }}
{{- if not .Values.existingSecret }}
{{- range list "UNLADE_DATABASE_URL" "UNLADE_MASTER_KEY" "UNLADE_ROOT_ACCESS_KEY" "UNLADE_ROOT_SECRET_KEY" }}
{{- if not (get $.Values.secret .) }}{{ fail (printf "topology many needs existingSecret or secret.%s" .) }}{{ end }}
{{- end }}
{{- end }}
{{- if and (eq .Values.api.role "api") (eq (int .Values.worker.replicas) 0) }}{{ fail "nobody works: worker.replicas is 0 and api.role is not all" }}{{ end }}
{{- else if or .Values.secret.UNLADE_DATABASE_URL (.Values.settings.storage).bucket }}{{ fail "a database server or a bucket needs topology many" }}
{{- end }}
{{- end }}

{{/* The pod of a role. Takes root, role, resources and the volume that data is, or nothing where a claim is. */}}
{{- define "unlade.pod" -}}
{{- $root := .root }}
metadata:
  labels:
    {{- include "unlade.selector" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    # A change of settings or secrets is a rolling restart.
    checksum/settings: {{ toJson $root.Values.settings | sha256sum }}
    checksum/secret: {{ toJson $root.Values.secret | sha256sum }}
    {{- with $root.Values.podAnnotations }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  serviceAccountName: {{ include "unlade.serviceAccount" $root }}
  automountServiceAccountToken: false
  # UNLADE_SERVICE_HOST and its like would be read as settings.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- if ne .component "single" }}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "unlade.selector" $root | nindent 16 }}
                app.kubernetes.io/component: {{ .component }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "unlade.selector" $root | nindent 10 }}
          app.kubernetes.io/component: {{ .component }}
  {{- end }}
  containers:
    - name: unlade
      image: {{ include "unlade.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [serve, --config, /etc/unlade/unlade.toml]
      env:
        {{- if ne .component "single" }}
        - {name: UNLADE_SERVER_ROLE, value: {{ .role }}}
        {{- end }}
        - {name: UNLADE_SERVER_LISTEN, value: "0.0.0.0:8900"}
        # Below the volume and not the volume: that belongs to root, and the server makes its directory private.
        - {name: UNLADE_SERVER_DATA_DIR, value: /var/lib/unlade/data}
        {{- if $root.Values.metrics.enabled }}
        - {name: UNLADE_SERVER_METRICS_LISTEN, value: "0.0.0.0:8901"}
        {{- end }}
        {{- if $root.Values.tls.existingSecret }}
        - {name: UNLADE_TLS_CERTIFICATE, value: /etc/unlade-tls/tls.crt}
        - {name: UNLADE_TLS_KEY, value: /etc/unlade-tls/tls.key}
        {{- else }}
        # An ingress in front of it speaks TLS.
        - {name: UNLADE_SERVER_INSECURE_HTTP, value: "true"}
        {{- end }}
      {{- with include "unlade.secret" $root }}
      envFrom:
        - secretRef: {name: {{ . }}}
      {{- end }}
      ports:
        - {name: http, containerPort: 8900}
        {{- if $root.Values.metrics.enabled }}
        - {name: metrics, containerPort: 8901}
        {{- end }}
      # Migrations and the upkeep of the first start.
      startupProbe:
        httpGet: {path: /healthz, port: http, scheme: {{ include "unlade.scheme" $root | upper }}}
        periodSeconds: 2
        failureThreshold: 150
      livenessProbe:
        httpGet: {path: /healthz, port: http, scheme: {{ include "unlade.scheme" $root | upper }}}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: http, scheme: {{ include "unlade.scheme" $root | upper }}}
        periodSeconds: 3
        timeoutSeconds: 3
        failureThreshold: 2
      lifecycle:
        preStop:
          # Until every proxy has heard that this pod ends.
          sleep: {seconds: {{ $root.Values.preStopSeconds }}}
      resources: {{ toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        capabilities: {drop: [ALL]}
        seccompProfile: {type: RuntimeDefault}
      volumeMounts:
        - {name: data, mountPath: /var/lib/unlade}
        - {name: settings, mountPath: /etc/unlade, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- if $root.Values.tls.existingSecret }}
        # The directory and not its files, so that a renewal is seen.
        - {name: tls, mountPath: /etc/unlade-tls, readOnly: true}
        {{- end }}
  volumes:
    - name: settings
      configMap: {name: {{ include "unlade.name" $root }}}
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
    {{- with $root.Values.tls.existingSecret }}
    - name: tls
      secret: {secretName: {{ . }}, defaultMode: 0440}
    {{- end }}
    {{- with .stagingSize }}
    - name: data
      emptyDir: {sizeLimit: {{ . }}}
    {{- end }}
{{- end }}
