package metrics_test

import (
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/template"
	"disputecloser/shared/metrics"
)

// functionCounts are the metrics that a function writes itself, without a note.
var functionCounts = []metrics.Name{
	metrics.Forged, metrics.TooLarge, metrics.Ignored, metrics.Rejected, metrics.Due, metrics.OldestDueSeconds,
	metrics.Refused, metrics.ListCut, metrics.Digests,
}

// isWritten reports whether a metric is written with Table as its only dimension, as the alarms watch it.
func isWritten(name string) bool {
	if slices.Contains(functionCounts, metrics.Name(name)) {
		return true
	}
	for _, note := range noteCounts {
		for _, line := range note.want {
			if strings.HasPrefix(line, name+"{Table=t} ") {
				return true
			}
		}
	}
	return false
}

// An alarm on a metric that nobody writes would never fire.
func TestTheTemplatesAlarmsWatchWhatIsWritten(t *testing.T) {
	watched := 0
	for name, resource := range template.Read(t).Resources {
		p := resource.Properties
		if p.Namespace != metrics.Namespace {
			continue
		}
		watched++
		if len(p.Dimensions) != 1 || p.Dimensions[0].Name != "Table" || !isWritten(p.MetricName) {
			t.Errorf("%s watches %s by %v, which nobody writes", name, p.MetricName, p.Dimensions)
		}
	}
	if watched == 0 {
		t.Error("the template has no alarm on these metrics")
	}
}
