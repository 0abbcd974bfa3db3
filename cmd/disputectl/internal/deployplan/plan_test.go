package deployplan

import (
	"errors"
	"strings"
	"testing"

	"disputecloser/shared/policy"
)

func text(p Plan) string {
	var b strings.Builder
	for _, line := range p.Lines() {
		b.WriteString(line.What + ": " + line.Text + "\n")
	}
	return b.String()
}

func TestWhatTheScreenSays(t *testing.T) {
	from, to := int64(1_000), int64(2_500_000)
	base := func() Plan {
		return Plan{
			Stack: "s", Region: "eu-west-1", ShellRegion: "eu-west-1", Parameters: map[string]string{"Environment": "test"}, Hash: "new",
			Document: policy.Document{Mode: policy.Shadow, Rules: []policy.Rule{{Name: "any", Then: policy.Close}}},
		}
	}
	for name, c := range map[string]struct {
		change func(*Plan)
		want   string
	}{
		"another region": {func(p *Plan) { p.ShellRegion = "us-east-1" }, "region: eu-west-1, as samconfig.toml says; your shell points to us-east-1\n"},
		"not AWS":        {func(p *Plan) { p.Endpoint = "http://127.0.0.1:1" }, "by http://127.0.0.1:1, which is not AWS"},
		"no ceiling":     {func(*Plan) {}, "ceiling: none: nobody"},
		"no budget":      {func(*Plan) {}, "a UTC day: no budget: nothing is closed"},
		"a rule for all": {func(*Plan) {}, "rule any: closes up to the ceiling"},
		"yen, dinar":     {func(p *Plan) { p.Document.Ceiling = map[string]int64{"jpy": 1500, "kwd": 5100} }, "ceiling: 1,500 JPY, 5.100 KWD: nobody"},
		"bounds": {func(p *Plan) {
			p.Document.Rules[0].If.Amount = map[string]policy.Bounds{"usd": {AtLeast: &from, AtMost: &to}}
		}, "closes from 10.00 USD up to 25,000.00 USD"},
		"from":                {func(p *Plan) { p.Document.Rules[0].If.Amount = map[string]policy.Bounds{"usd": {AtLeast: &from}} }, "closes from 10.00 USD\n"},
		"new":                 {func(*Plan) {}, "changes: nothing is deployed yet; closing is off until"},
		"failed before":       {func(p *Plan) { p.Status = "ROLLBACK_COMPLETE" }, "changes: no policy is deployed yet"},
		"unreadable":          {func(p *Plan) { p.Status, p.Unread = "UPDATE_COMPLETE", errors.New("denied") }, "the deployed policy cannot be read: denied"},
		"topic":               {func(p *Plan) { p.Parameters["AlarmTopicArn"] = "arn:t" }, "alarms: to arn:t\n"},
		"both":                {func(p *Plan) { p.Parameters["AlarmTopicArn"], p.Parameters["AlarmEmail"] = "arn:t", "andy@d.example" }, "alarms: to andy@d.example and arn:t\n"},
		"the default is kept": {func(*Plan) {}, "if deleted: table, secrets and logs stay"},
	} {
		p := base()
		c.change(&p)
		if got := text(p); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %q", name, got, c.want)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct {
		status     string
		parameters map[string]string
		want       string
	}{
		{"", map[string]string{"Environment": "test"}, ""},
		{"", map[string]string{"Environment": "test", "DataPolicy": "Delete"}, ""},
		{"", map[string]string{"Environment": "live"}, "somebody who is told"},
		{"", map[string]string{"Environment": "live", "AlarmEmail": "a@b.example"}, ""},
		{"", map[string]string{"Environment": "live", "AlarmTopicArn": "arn:t", "DataPolicy": "Delete"}, "keeps its table"},
		{"UPDATE_COMPLETE", nil, ""},
		{"REVIEW_IN_PROGRESS", nil, ""}, // a change set that nobody carried out
		{"UPDATE_IN_PROGRESS", nil, "being changed"},
		{"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", nil, "being changed"},
		{"ROLLBACK_COMPLETE", nil, "can only be deleted"},
	} {
		why, next := Plan{Stack: "s", Status: c.status, Parameters: c.parameters}.Refusal()
		if (why == "") != (c.want == "") || !strings.Contains(why, c.want) || (why == "") != (next == "") {
			t.Errorf("%q, %v: %q, %q", c.status, c.parameters, why, next)
		}
	}
}
