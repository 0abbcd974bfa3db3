package template

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"disputecloser/internal/localaws"
)

// wakes are the alarms that cannot wait until the morning: nothing that is due gets done, nobody would see a fault, or money
// is in question.
var wakes = []string{"Contradictions", "DueTooLong", "MetricsSilent", "SweepMissing", "UnusualMoney"}

// lasting are the alarms on a condition that lasts and ends, whose end is told. Of events, it only tells that no more came.
var lasting = []string{
	"CloserBehind", "CloserThrottles", "ClosingOffForADay", "DigestMissing", "DueIndexThrottled", "DueTooLong", "JournalIndexThrottled", "ListUnavailable",
	"LooksFailing", "MetricsSilent", "OperateThrottles", "ReconcileMissing", "SweepMissing", "TableReadsThrottled", "TableWritesThrottled",
	"WebhookThrottles",
}

// missing says what no data means where it is not that nothing is wrong.
var missing = map[string]string{
	"SweepMissing": "breaching", "MetricsSilent": "breaching", "ReconcileMissing": "breaching", "DigestMissing": "breaching", // the absence is the fault
	"DueTooLong": "ignore", "ClosingOffForADay": "ignore", // the gauge comes from the sweep, and MetricsSilent says that it does not
}

// Every alarm says how urgent it is, by its tag and by whom it tells.
func TestWhomEachAlarmTells(t *testing.T) {
	mail, page := texts{"CreateAlarmTopic", "Alarms", "AlarmTopicArn"}, texts{"Page", "PageTopicArn", "AWS::NoValue"}
	for name, a := range Read(t).Alarms() {
		severity, who := "mail", mail
		if slices.Contains(wakes, name) {
			severity, who = "page", append(slices.Clone(mail), page...)
		}
		if len(a.Tags) != 1 || a.Tags[0].Key != "severity" || a.Tags[0].Value != severity || !slices.Equal(a.AlarmActions, who) {
			t.Errorf("%s is tagged %v and tells %v, want %s", name, a.Tags, a.AlarmActions, severity)
		}
		if !slices.Contains(lasting, name) {
			who = nil
		}
		if !slices.Equal(a.OKActions, who) {
			t.Errorf("%s tells its end to %v, want %v", name, a.OKActions, who)
		}
	}
}

// What no data means is chosen for each alarm.
func TestWhatNoDataMeans(t *testing.T) {
	for name, a := range Read(t).Alarms() {
		want := "notBreaching"
		if meaning, ok := missing[name]; ok {
			want = meaning
		}
		if a.TreatMissingData != want {
			t.Errorf("%s: no data is %s, want %s", name, a.TreatMissingData, want)
		}
	}
}

// CloudWatch refuses a longer description, and a longer look back (PutMetricAlarm).
func TestTheLimitsOfAlarms(t *testing.T) {
	const longestDescription, longestStackName = 1024, 128
	for name, a := range Read(t).Alarms() {
		text := strings.ReplaceAll(a.AlarmDescription, "${AWS::StackName}", strings.Repeat("s", longestStackName))
		if n := utf8.RuneCountInString(text); n > longestDescription {
			t.Errorf("the description of %s has %d characters", name, n)
		}
		most := 86_400
		if a.Period >= 3600 {
			most = 604_800
		}
		if total := a.Period * a.EvaluationPeriods; total == 0 || total > most || a.DatapointsToAlarm > a.EvaluationPeriods {
			t.Errorf("%s looks back %d seconds, at most %d", name, total, most)
		}
	}
}

// The queues keep a message for 14 days. An alarm on how many they hold would be on as long, and hide the next one.
func TestAQueuesAlarmDoesNotLatch(t *testing.T) {
	watched := 0
	for name, a := range Read(t).Alarms() {
		if a.Namespace != "AWS/SQS" {
			continue
		}
		watched++
		if a.MetricName != "NumberOfMessagesSent" || a.Statistic != "Sum" {
			t.Errorf("%s watches the %s of %s", name, a.Statistic, a.MetricName)
		}
	}
	if watched != 2 {
		t.Errorf("%d queues are watched", watched)
	}
}

// MiniStack lets everybody publish, so that this is compared here.
func TestWhoMayPublishToTheAlarms(t *testing.T) {
	publishers := 0
	for name, r := range Read(t).Resources {
		if r.Type != "AWS::IAM::Role" && r.Type != "AWS::IAM::ManagedPolicy" {
			continue
		}
		policy := Read(t).Policy(t, name)
		want := name == "CloserRole" || name == "DigestRole"
		if got := policy.Allows("sns:Publish", "Alarms"); got != want {
			t.Errorf("%s may publish to the alarms: %v, want %v", name, got, want)
		} else if got {
			publishers++
		}
		if policy.Allows("sns:Publish", "PageTopicArn") || policy.Allows("sns:Publish", "another") {
			t.Errorf("%s may publish elsewhere", name)
		}
	}
	if publishers != 2 {
		t.Errorf("%d roles may publish", publishers)
	}
}

var heading = regexp.MustCompile(`(?m)^### (.+)$`)

// Each alarm says what it means, what happens if nobody acts, and where to read on; and there is something to read.
func TestEachAlarmHasItsSectionOfTheRunbook(t *testing.T) {
	sections := map[string]string{}
	page := runbook(t)
	places := heading.FindAllStringSubmatchIndex(page, -1)
	for i, place := range places {
		end := len(page)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		sections[page[place[2]:place[3]]] = page[place[1]:end]
	}
	alarms := Read(t).Alarms()
	for name, a := range alarms {
		parts := strings.Split(a.AlarmDescription, " If nobody acts: ")
		if len(parts) != 2 || !strings.HasSuffix(parts[1], " See docs/runbook.md#"+strings.ToLower(name)) {
			t.Errorf("the description of %s is %q", name, a.AlarmDescription)
		}
		for _, part := range []string{"**You see**", "**It means**", "**Type**", "**It is over when**"} {
			if !strings.Contains(sections[name], part) {
				t.Errorf("the runbook's section %q has no %s", name, part)
			}
		}
	}
	for name := range sections {
		if _, ok := alarms[name]; !ok {
			t.Errorf("the runbook has a section %s, and the template no such alarm", name)
		}
	}
}

func runbook(tb testing.TB) string {
	tb.Helper()
	root, err := localaws.ModuleRoot()
	if err != nil {
		tb.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "docs", "runbook.md"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}
