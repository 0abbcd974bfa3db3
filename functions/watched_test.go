package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/template"
	"disputecloser/shared/metrics"
)

// series are the values of each metric that was written, by its name and the names of its dimensions: "Closes{Table}".
type series map[string][]float64

// written reads the metrics of what functions wrote, as CloudWatch does.
func written(t *testing.T, out string) series {
	t.Helper()
	all := series{}
	for line := range strings.Lines(out) {
		var head struct {
			AWS struct {
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name string }
				}
			} `json:"_aws"`
		}
		fields := map[string]any{}
		if json.Unmarshal([]byte(line), &head) != nil || json.Unmarshal([]byte(line), &fields) != nil {
			continue // a line of the log, which is text here
		}
		for _, directive := range head.AWS.CloudWatchMetrics {
			if directive.Namespace != metrics.Namespace {
				t.Errorf("namespace %s", directive.Namespace)
			}
			for _, metric := range directive.Metrics {
				for _, names := range directive.Dimensions {
					id := metric.Name + "{" + strings.Join(names, ",") + "}"
					all[id] = append(all[id], fields[metric.Name].(float64))
				}
			}
		}
	}
	return all
}

// play causes something on a new stage, and returns what was written.
func play(t *testing.T, cause func(*stage)) series {
	t.Helper()
	s := newStage(t)
	cause(s)
	return written(t, s.out.String())
}

// ours returns the alarms on the functions' own metrics.
func ours(t *testing.T) map[string]template.Alarm {
	t.Helper()
	alarms := template.Read(t).Alarms()
	maps.DeleteFunc(alarms, func(_ string, a template.Alarm) bool { return a.Namespace != metrics.Namespace })
	if len(alarms) == 0 {
		t.Fatal("the template has no alarm on these metrics")
	}
	return alarms
}

// An alarm on what nobody writes would never go off. Each is tried with its fault, on the functions' own handlers.
func TestTheFaultOfEachAlarmWritesItsMetric(t *testing.T) {
	alarms := ours(t)
	for name := range faults {
		if _, ok := alarms[name]; !ok {
			t.Errorf("the template has no alarm %s", name)
		}
	}
	for name, alarm := range alarms {
		t.Run(name, func(t *testing.T) {
			fault, ok := faults[name]
			if !ok {
				t.Fatal("no fault is known for which it goes off")
			}
			metric := alarm.MetricName + "{" + dimensions(alarm) + "}"
			values := play(t, fault.cause)[metric]
			if fault.well != nil {
				if well := play(t, fault.well)[metric]; len(well) == 0 || alarm.TreatMissingData != "breaching" || alarm.ComparisonOperator != "LessThanThreshold" {
					t.Errorf("%s is written %v when all is well, and no data is %s", metric, well, alarm.TreatMissingData)
				}
			}
			if !breaches(t, alarm, values) {
				t.Errorf("%s: %s is written %v, and the alarm does not go off", fault.fault, metric, values)
			}
		})
	}
}

func dimensions(a template.Alarm) string {
	var names []string
	for _, d := range a.Dimensions {
		names = append(names, d.Name)
	}
	return strings.Join(names, ",")
}

// breaches reports whether an alarm goes off for the values of one period.
func breaches(t *testing.T, a template.Alarm, values []float64) bool {
	t.Helper()
	if len(values) == 0 {
		return a.TreatMissingData == "breaching"
	}
	var value float64
	switch a.Statistic {
	case "Sum":
		for _, v := range values {
			value += v
		}
	case "Maximum":
		value = slices.Max(values)
	case "SampleCount":
		value = float64(len(values))
	default:
		t.Fatalf("statistic %s", a.Statistic)
	}
	switch a.ComparisonOperator {
	case "GreaterThanOrEqualToThreshold":
		return value >= threshold(t, a)
	case "LessThanThreshold":
		return value < threshold(t, a)
	}
	t.Fatalf("comparison %s", a.ComparisonOperator)
	return false
}

// threshold is a number, or the default of a parameter.
func threshold(t *testing.T, a template.Alarm) float64 {
	t.Helper()
	text := fmt.Sprint(a.Threshold)
	if p, ok := template.Read(t).Parameters[text]; ok {
		text = fmt.Sprint(p.Default)
	}
	var n float64
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatalf("threshold %v: %v", a.Threshold, err)
	}
	return n
}

// amazons lists the metrics of AWS's services that are watched or shown, with their dimensions (the services' own pages
// "Monitoring … with Amazon CloudWatch").
var amazons = map[string][]string{
	"AWS/Lambda":     {"Errors{FunctionName}", "Invocations{FunctionName}", "Throttles{FunctionName}", "Duration{FunctionName}", "IteratorAge{FunctionName}"},
	"AWS/SQS":        {"NumberOfMessagesSent{QueueName}", "ApproximateNumberOfMessagesVisible{QueueName}"},
	"AWS/ApiGateway": {"5xx{ApiId}", "Latency{ApiId}"},
	"AWS/DynamoDB": {
		"ReadThrottleEvents{TableName}", "WriteThrottleEvents{TableName}", "WriteThrottleEvents{TableName,GlobalSecondaryIndexName}",
	},
}

// resources says which types of resources have a dimension.
var resources = map[string]string{
	"FunctionName": "AWS::Serverless::Function", "QueueName": "AWS::SQS::Queue", "ApiId": "AWS::Serverless::HttpApi", "TableName": "AWS::DynamoDB::Table",
	"Table": "AWS::DynamoDB::Table",
}

// isReal fails for a metric that no service of AWS and no function of ours writes. A value is a logical id, with or without
// an attribute.
func isReal(t *testing.T, what, namespace, metric string, names, values []string, written map[string]bool) {
	t.Helper()
	id := metric + "{" + strings.Join(names, ",") + "}"
	if namespace == metrics.Namespace && !written[id] || namespace != metrics.Namespace && !slices.Contains(amazons[namespace], id) {
		t.Errorf("%s: nobody writes %s %s", what, namespace, id)
	}
	deployed := template.Read(t)
	for i, name := range names {
		value, _, _ := strings.Cut(values[i], ".")
		if name == "GlobalSecondaryIndexName" {
			if !slices.ContainsFunc(deployed.Resources["Table"].Properties.GlobalSecondaryIndexes, func(x template.Index) bool { return x.IndexName == value }) {
				t.Errorf("%s: the table has no index %s", what, value)
			}
		} else if got := deployed.Resources[value].Type; got != resources[name] {
			t.Errorf("%s: %s is %s of type %q", what, name, value, got)
		}
	}
}

func TestTheOtherAlarmsWatchMetricsOfAWS(t *testing.T) {
	others := template.Read(t).Alarms()
	maps.DeleteFunc(others, func(_ string, a template.Alarm) bool { return a.Namespace == metrics.Namespace })
	for name, a := range others {
		var names, values []string
		for _, d := range a.Dimensions {
			names = append(names, d.Name)
			value := d.Value[0]
			if value == "CreateTable" { // the table is the stack's own, or an adopted one
				value = d.Value[1]
			}
			values = append(values, value)
		}
		isReal(t, name, a.Namespace, a.MetricName, names, values, nil)
	}
}

// all is every metric that the functions write when they are played through.
func all(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	add := func(cause func(*stage)) {
		if cause != nil {
			for id := range play(t, cause) {
				found[id] = true
			}
		}
	}
	for _, fault := range faults {
		add(fault.cause)
		add(fault.well)
	}
	for _, cause := range shown {
		add(cause)
	}
	return found
}

// widget is one part of the dashboard.
type widget struct {
	Type                string
	X, Y, Width, Height int
	Properties          struct {
		Title   string
		Metrics [][]any
	}
}

// reference matches a reference in the text of a !Sub.
var reference = regexp.MustCompile(`^\$\{(\w+)(\.\w+)?\}$`)

// searched matches an expression that finds metrics by their dimensions.
var searched = regexp.MustCompile(`^SEARCH\('\{DisputeCloser,([\w,]+)\} MetricName="(\w+)" Table="\$\{Used\}"', '\w+', \d+\)$`)

func TestEachWidgetShowsWhatIsWritten(t *testing.T) {
	known := all(t)
	metricsShown := 0
	for _, w := range dashboard(t) {
		if w.Type == "text" {
			continue
		}
		if len(w.Properties.Metrics) == 0 {
			t.Errorf("%s shows nothing", w.Properties.Title)
		}
		for _, metric := range w.Properties.Metrics {
			metricsShown++
			if options, ok := metric[0].(map[string]any); ok {
				found := searched.FindStringSubmatch(fmt.Sprint(options["expression"]))
				if found == nil || !known[found[2]+"{"+found[1]+"}"] {
					t.Errorf("%s: nobody writes what is found by %v", w.Properties.Title, options["expression"])
				}
				continue
			}
			var names, values []string
			for i := 2; i+1 < len(metric); i += 2 {
				names = append(names, metric[i].(string))
				value := reference.FindStringSubmatch(metric[i+1].(string))
				if value == nil {
					t.Fatalf("%s: %v is no reference", w.Properties.Title, metric[i+1])
				}
				values = append(values, strings.Replace(value[1], "Used", "Table", 1))
			}
			isReal(t, w.Properties.Title, metric[0].(string), metric[1].(string), names, values, known)
		}
	}
	if metricsShown < 30 {
		t.Errorf("the dashboard shows %d metrics", metricsShown)
	}
}

// dashboard reads the widgets.
func dashboard(t *testing.T) []widget {
	t.Helper()
	var body struct{ Widgets []widget }
	text := template.Read(t).Resources["Dashboard"].Properties.DashboardBody
	if len(text) == 0 {
		t.Fatal("the template has no dashboard")
	}
	if err := json.Unmarshal([]byte(text[0]), &body); err != nil {
		t.Fatal(err)
	}
	return body.Widgets
}

// One screen is 24 columns wide, and about 20 rows high.
func TestTheDashboardIsOneScreen(t *testing.T) {
	taken := map[[2]int]string{}
	for _, w := range dashboard(t) {
		if w.X+w.Width > 24 || w.Y+w.Height > 20 {
			t.Errorf("%s reaches beyond the screen", w.Properties.Title)
		}
		for x := w.X; x < w.X+w.Width; x++ {
			for y := w.Y; y < w.Y+w.Height; y++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("%s lies over %s", w.Properties.Title, other)
				}
				taken[[2]int{x, y}] = w.Properties.Title
			}
		}
	}
}
