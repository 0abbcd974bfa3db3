package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/command/system"
	"disputecloser/cmd/disputectl/internal/doctor"
	"disputecloser/internal/sandbox"
)

// doctored is what each fault must lead to: the lines that are not fine, each with its result and part of its text,
// and the exit code. All other lines must be fine.
var doctored = map[string]struct {
	code  int
	lines map[string]string
}{
	"rolled back":           {cli.Fine, lines("stack", doctor.Warn, "rolled back")},
	"variable of closer":    {cli.Found, lines("function closer", doctor.Fail, "API_KEY_SECRET is missing")},
	"table of sweep":        {cli.Found, lines("function sweep", doctor.Fail, "TABLE is another, the stack's is disputes")},
	"memory of closer":      {cli.Found, lines("function closer", doctor.Fail, "memory in MB is 128, the stack was deployed with 256")},
	"architecture of sweep": {cli.Found, lines("function sweep", doctor.Fail, "architecture is x86_64, the stack was deployed with arm64")},
	"timeout of operate":    {cli.Found, lines("function operate", doctor.Fail, "timeout is 3s, the stack was deployed with 10s")},
	"age of signatures":     {cli.Found, lines("function webhook", doctor.Fail, "SIGNATURE_MAX_AGE is 80h, the stack was deployed with 100h")},
	"update of closer":      {cli.Fine, lines("function closer", doctor.Warn, "it is being updated")},
	"rights to the template": {cli.Unreachable, lines("function webhook", doctor.Unknown, "not allowed", "function closer", doctor.Unknown, "not allowed",
		"function sweep", doctor.Unknown, "not allowed", "function reconcile", doctor.Unknown, "not allowed", "function operate", doctor.Unknown, "not allowed",
		"function digest", doctor.Unknown, "not allowed")},
	"mapping of a version":   {cli.Found, lines("stream to closer", doctor.Fail, "it starts "+fakeFunctions+"closer-test-Closer:live, not the deployed closer")},
	"schedules of a version": {cli.Found, lines("schedule of sweep", doctor.Fail, "closer-test-Sweep:live, not the deployed", "schedule of reconcile", doctor.Fail, ":live, not the deployed", "schedule of digest", doctor.Fail, ":live, not the deployed")},
	"package of live": {cli.Found, lines("policy", doctor.Fail, `was built for the environment "live": the closer of a test stack does not start with it`,
		"API key", doctor.Fail, "a live key", "WooshPay", doctor.Unknown, "no key to ask with",
		"endpoint", doctor.Unknown, "no key to ask with", "charge", doctor.Unknown, "no key to ask with", "clocks", doctor.Unknown, "no network in tests")},
	"decision by another policy":     {cli.Found, lines("decisions", doctor.Fail, "case dp_decided was decided at 2026-03-02 12:00 UTC (now) by 0123456789ab, and the closer carries")},
	"old decision by another policy": {cli.Fine, nil},
	"function reconcile":             {cli.Found, lines("function reconcile", doctor.Fail, "no such function")},
	"function webhook":               {cli.Found, lines("function webhook", doctor.Fail, "it is Failed")},
	"mapping":                        {cli.Found, lines("stream to closer", doctor.Fail, "it is Disabled: the closer never starts")},
	"mapping of another stream":      {cli.Found, lines("stream to closer", doctor.Fail, "another stream")},
	"stream":                         {cli.Found, lines("stream", doctor.Fail, "it is off")},
	"index":                          {cli.Found, lines("table", doctor.Fail, "its index")},
	"backups":                        {cli.Fine, lines("table", doctor.Warn, "no point-in-time recovery")},
	"protection":                     {cli.Fine, lines("table", doctor.Warn, "it can be deleted")},
	"expiry":                         {cli.Fine, lines("table", doctor.Warn, "old budgets do not expire")},
	"schedule":                       {cli.Found, lines("schedule of sweep", doctor.Fail, "is DISABLED")},
	"schedule gone":                  {cli.Found, lines("schedule of reconcile", doctor.Fail, "has no resource ReconcileSchedule")},
	"queue":                          {cli.Found, lines("undelivered records", doctor.Fail, "3 in the queue")},
	"rights to queues":               {cli.Unreachable, lines("undelivered records", doctor.Unknown, "not allowed", "undelivered runs", doctor.Unknown, "not allowed")},
	"nobody subscribed":              {cli.Fine, lines("alarms", doctor.Warn, "nobody is subscribed: nobody is told when a case needs a person")},
	"unconfirmed subscription":       {cli.Fine, lines("alarms", doctor.Warn, "nobody is subscribed yet: 1 not confirmed")},
	"topic gone":                     {cli.Found, lines("alarms", doctor.Fail, "no such topic")},
	"rights to the topic":            {cli.Unreachable, lines("alarms", doctor.Unknown, "not allowed")},
	"function digest":                {cli.Found, lines("function digest", doctor.Fail, "ALARM_TOPIC is arn:aws:sns:eu-west-1:123456789012:other, the stack's is "+fakeTopic)},
	"schedule of digest":             {cli.Found, lines("schedule of digest", doctor.Fail, "has no resource DigestSchedule")},
	"rights to secrets": {cli.Unreachable, lines("API key", doctor.Unknown, "not allowed", "signing secret", doctor.Unknown, "not allowed",
		"WooshPay", doctor.Unknown, "not allowed", "endpoint", doctor.Unknown, "not allowed", "charge", doctor.Unknown, "not allowed", "genuine event", doctor.Unknown, "not allowed")},
	"output of table": {cli.Found, lines("function webhook", doctor.Fail, "TABLE is disputes", "function closer", doctor.Fail, "TABLE",
		"function sweep", doctor.Fail, "TABLE", "function reconcile", doctor.Fail, "TABLE", "function operate", doctor.Fail, "TABLE", "function digest", doctor.Fail, "TABLE", "table", doctor.Unknown, "no output Table",
		"stream", doctor.Unknown, "no output", "due cases", doctor.Unknown, "no output", "budgets", doctor.Unknown, "no output",
		"closing", doctor.Unknown, "no output", "decisions", doctor.Unknown, "no output")},
	"key of the live mode": {cli.Found, lines("API key", doctor.Fail, "a live key", "WooshPay", doctor.Unknown, "no key to ask with",
		"endpoint", doctor.Unknown, "no key to ask with", "charge", doctor.Unknown, "no key to ask with", "clocks", doctor.Unknown, "no network in tests")},
	"key of WooshPay":            {cli.Found, lines("WooshPay", doctor.Fail, "it refuses the key", "endpoint", doctor.Fail, "it refuses the key", "charge", doctor.Fail, "it refuses the key")},
	"WooshPay":                   {cli.Unreachable, lines("WooshPay", doctor.Unknown, "answered 502", "endpoint", doctor.Unknown, "answered 502", "charge", doctor.Unknown, "answered 502")},
	"lists of WooshPay":          {cli.Unreachable, lines("WooshPay", doctor.Warn, "does not offer its list", "endpoint", doctor.Unknown, "does not offer its list", "charge", doctor.Warn, "no dispute is known")},
	"endpoint of a second stack": {cli.Fine, lines("endpoint", doctor.Warn, "we_00000002 (https://second.example.com/webhook) is told of new disputes, too")},
	"endpoint of something else": {cli.Fine, nil},
	"endpoint twice":             {cli.Found, lines("endpoint", doctor.Fail, "it is registered 2 times")},
	"signing secret":             {cli.Found, lines("genuine event", doctor.Fail, "answered 401: the webhook does not take the stored secret")},
	"key as signing secret":      {cli.Found, lines("signing secret", doctor.Fail, "the signing secret is an API key", "genuine event", doctor.Unknown, "no secret to sign with")},
	"quoted signing secret": {cli.Found, lines("signing secret", doctor.Fail, "what is stored cannot be used: the signing secret begins with a quotation mark",
		"genuine event", doctor.Unknown, "no secret to sign with", "forged event", doctor.Fail, "answered 503")},
	"quoted key": {cli.Found, lines("API key", doctor.Fail, "the API key begins with a quotation mark", "WooshPay", doctor.Unknown, "no key to ask with", "charge", doctor.Unknown, "no key to ask with",
		"endpoint", doctor.Unknown, "no key to ask with")},
	"unreadable second endpoint":          {cli.Fine, lines("endpoint", doctor.Warn, "we_1, registered once, for every event about disputes; 1 more cannot be read")},
	"our entry is unreadable":             {cli.Unreachable, lines("endpoint", doctor.Unknown, "1 of WooshPay's endpoints cannot be read, and none of the others is http")},
	"events not told":                     {cli.Fine, lines("endpoint", doctor.Warn, "7, registered once; WooshPay does not say for which events")},
	"endpoints without end":               {cli.Unreachable, lines("endpoint", doctor.Unknown, "the list does not end")},
	"deliveries by another secret":        {cli.Found, lines("refused lately", doctor.Fail, "in the last day: 3 signed with another secret (401); the last at 2026-03-02 12:10 UTC (5 min ago), and nothing was accepted since")},
	"one forged delivery":                 {cli.Fine, lines("refused lately", doctor.Warn, "1 signed with another secret (401); at 2026-03-02 12:00 UTC")},
	"unsigned deliveries":                 {cli.Fine, nil},
	"stale delivery":                      {cli.Found, lines("refused lately", doctor.Fail, "1 signed with the stored secret, but too long ago or in the future (401)")},
	"delivery from future":                {cli.Found, lines("refused lately", doctor.Fail, "1 signed with the stored secret, but too long ago or in the future (401)")},
	"unusable delivery":                   {cli.Found, lines("refused lately", doctor.Fail, "1 genuine, but not usable (400)")},
	"own unusable event":                  {cli.Fine, nil},
	"unverified delivery":                 {cli.Found, lines("refused lately", doctor.Fail, "1 not verified, because the secret could not be read (503)")},
	"secret mended for disputes":          {cli.Fine, lines("refused lately", doctor.Warn, "2 signed with another secret (401); the last at 2026-03-02 12:05 UTC (10 min ago), and others were accepted since")},
	"secret mended for others":            {cli.Fine, lines("refused lately", doctor.Warn, "and others were accepted since")},
	"secret lost again":                   {cli.Found, lines("refused lately", doctor.Fail, "1 signed with the stored secret, but too long ago or in the future (401), 1 signed with another secret (401); the last at 2026-03-02 12:10 UTC (5 min ago), and nothing")},
	"only test events since":              {cli.Found, lines("refused lately", doctor.Fail, "2 signed with another secret (401); the last at 2026-03-02 12:05 UTC (10 min ago), and nothing was accepted since")},
	"refused two days ago":                {cli.Fine, nil},
	"long log":                            {cli.Unreachable, lines("refused lately", doctor.Unknown, "too long to be read")},
	"long log with refusals":              {cli.Found, lines("refused lately", doctor.Fail, "the last day began with 1 signed with another secret (401)")},
	"rights to the log":                   {cli.Unreachable, lines("refused lately", doctor.Unknown, "not allowed")},
	"log gone":                            {cli.Found, lines("refused lately", doctor.Fail, "has no resource WebhookLog")},
	"verification":                        {cli.Found, lines("forged event", doctor.Fail, "answered 200: it was accepted")},
	"webhook":                             {cli.Found, lines("genuine event", doctor.Fail, "answered 503", "forged event", doctor.Fail, "answered 503: the webhook does not work")},
	"route":                               {cli.Found, lines("genuine event", doctor.Fail, "answered 404", "forged event", doctor.Fail, "answered 404")},
	"network":                             {cli.Unreachable, lines("genuine event", doctor.Unknown, "refused", "forged event", doctor.Unknown, "refused", "clocks", doctor.Unknown, "AWS")},
	"package":                             {cli.Found, lines("policy", doctor.Fail, "zip", "budgets", doctor.Fail, "zip", "decisions", doctor.Fail, "zip")},
	"budget":                              {cli.Fine, lines("budgets", doctor.Warn, "410.00 USD of 500.00 USD, 50 of 50 closes: spent for today")},
	"budget beyond":                       {cli.Found, lines("budgets", doctor.Fail, "which no claim allows")},
	"failures":                            {cli.Found, lines("budgets", doctor.Fail, "5 of 5 failures: closing has stopped for today")},
	"pause":                               {cli.Fine, lines("closing", doctor.Warn, "closing is paused since 2026-03-02 12:00 UTC (now) by ana: a holiday")},
	"restored table":                      {cli.Fine, lines("closing", doctor.Warn, "closing is off: nobody has turned it on for this very table")},
	"mark of closer":                      {cli.Found, lines("function closer", doctor.Fail, "TABLE_MARK is "+fakeStream+"1, the table's is "+fakeStream+": closing that is on for the one is off for the other")},
	"mark of operate":                     {cli.Found, lines("function operate", doctor.Fail, "TABLE_MARK is "+fakeStream+"1, the table's is "+fakeStream)},
	"due case":                            {cli.Found, lines("due cases", doctor.Fail, "case dp_late has been due since 2026-03-02 11:00 UTC")},
	"clock of WooshPay":                   {cli.Found, lines("clocks", doctor.Fail, "6m0s apart")},
	"clock of this machine":               {cli.Fine, lines("clocks", doctor.Warn, "wrong by 1m0s")},
	"charge unknown":                      {cli.Fine, lines("charge", doctor.Warn, "WooshPay does not say whether a charge was refunded (ch_doctor: ")},
	"charge not offered":                  {cli.Fine, lines("charge", doctor.Warn, "`refunds: unavailable` fits")},
	"charge forbidden":                    {cli.Found, lines("charge", doctor.Fail, "it refuses the key")},
	"charge down":                         {cli.Unreachable, lines("charge", doctor.Unknown, "answered 502")},
	"charge silent":                       {cli.Fine, lines("charge", doctor.Warn, "(ch_doctor is answered, and the answer does not say): `refunds: unavailable` fits")},
	"refunds unavailable":                 {cli.Fine, lines("charge", doctor.Warn, "`refunds: required` fits, and the deployed policy says unavailable")},
	"charge silent, as the policy has it": {cli.Fine, nil},
	"no dispute":                          {cli.Fine, lines("charge", doctor.Warn, "no dispute is known")},
	"dispute without a charge":            {cli.Fine, lines("charge", doctor.Warn, "no dispute is known that names a charge")},
	"newest charge silent":                {cli.Fine, lines("charge", doctor.Warn, "ch_new is answered")},
	"charge of the table":                 {cli.Unreachable, lines("WooshPay", doctor.Warn, "does not offer its list", "endpoint", doctor.Unknown, "does not offer its list")},
}

// lines are triples of a check's name, its result and part of its text.
func lines(triples ...any) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(triples); i += 3 {
		all[fmt.Sprint(triples[i])] = fmt.Sprint(triples[i+1], ": ", triples[i+2])
	}
	return all
}

func TestDoctorFindsEachFaultAndNoOther(t *testing.T) {
	for name, want := range doctored {
		t.Run(name, func(t *testing.T) {
			w := healthy(t)
			breakIt, ok := faults[name]
			if !ok {
				t.Fatal("there is no such fault")
			}
			breakIt(w)
			examined, code := w.examined(t)
			if code != want.code {
				t.Errorf("exit code %d, want %d", code, want.code)
			}
			for _, f := range examined.Checks {
				got := string(f.Result) + ": " + f.Detail
				expected, isBroken := want.lines[f.What]
				result, text, _ := strings.Cut(expected, ": ")
				switch {
				case !isBroken && f.Result != doctor.OK:
					t.Errorf("%s is not fine: %s", f.What, got)
				case isBroken && (string(f.Result) != result || !strings.Contains(f.Detail, text)):
					t.Errorf("%s: %s\nwant %s", f.What, got, expected)
				case isBroken && f.Next == "":
					t.Errorf("%s does not say what to do", f.What)
				}
			}
		})
	}
}

// A deployment mends the table that the stack created. It changes nothing about a table that the stack adopted.
func TestDoctorSaysHowToMendATable(t *testing.T) {
	for name, c := range map[string]struct{ what, own, adopted string }{
		"stream":                    {"stream", "deploy the stack again: ", "set it on table disputes, as docs/restore.md says"},
		"index":                     {"table", "deploy the stack again: ", "set it on table disputes, as docs/restore.md says"},
		"backups":                   {"table", "deploy the stack again: ", "set it on table disputes, as docs/restore.md says"},
		"mapping of another stream": {"stream to closer", "deploy the stack again", "deploy the stack again with TableStreamArn=" + fakeStream},
		"restored table":            {"closing", "disputectl resume --stack closer-test --why", "disputectl resume --stack closer-test --why"},
	} {
		for adopted, want := range map[string]string{"": c.own, fakeTable: c.adopted} {
			w := healthy(t)
			w.aws.parameters["TableName"] = adopted
			faults[name](w)
			examined, _ := w.examined(t)
			for _, f := range examined.Checks {
				withStream := strings.Contains(f.Next, "TableStreamArn")
				if f.What == c.what && (!strings.Contains(f.Next, want) || withStream != strings.Contains(want, "TableStreamArn")) {
					t.Errorf("%s, adopted %q: next is %q, want %q", name, adopted, f.Next, want)
				}
			}
		}
	}
}

// TestDoctorCanFailEachCheck keeps a check from being fine whatever it sees.
func TestDoctorCanFailEachCheck(t *testing.T) {
	seen := map[string]bool{}
	for _, want := range doctored {
		for what := range want.lines {
			seen[what] = true
		}
	}
	examined, code := healthy(t).examined(t)
	if code != cli.Fine {
		t.Errorf("a healthy stack: exit code %d, %+v", code, examined)
	}
	for _, f := range examined.Checks {
		if !seen[f.What] {
			t.Errorf("no fault breaks %q", f.What)
		}
	}
}

// Doctor's own test events stay in the log, and its forged one looks like any other.
func TestDoctorDoesNotCountItsOwnEvents(t *testing.T) {
	w := healthy(t)
	for range 3 {
		if examined, code := w.examined(t); code != cli.Fine {
			t.Errorf("exit code %d: %+v", code, examined)
		}
		w.at = w.at.Add(2 * time.Minute)
	}
	// What is refused at that time, too, is not excused by them.
	w.delivers(disputeEvent, "whsec_other", w.at)
	w.at = w.at.Add(-5 * time.Minute)
	w.examined(t)
	w.delivers(disputeEvent, "whsec_other", w.at)
	examined, code := w.examined(t)
	for _, f := range examined.Checks {
		if f.What == "refused lately" && !strings.Contains(f.Detail, "2 signed with another secret") {
			t.Errorf("exit code %d: %+v", code, f)
		}
	}
}

// healthy is a stack with everything in place.
func healthy(t *testing.T) *deployed {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(doctorPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := newDeployed(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	endpoint, err := w.sandbox.Register(w.aws.outputs["WebhookUrl"], "*")
	if err != nil {
		t.Fatal(err)
	}
	opened := sandbox.Dispute{ID: "dp_doctor", Amount: 900, Currency: "usd", Charge: "ch_doctor"}
	if _, err := w.sandbox.OpenSilently(opened); err != nil {
		t.Fatal(err)
	}
	w.aws.versions[fakeKey] = []string{"sk_test_doctor"}
	w.aws.versions[fakeSigning] = []string{endpoint.Secret}
	return w
}

const doctorPolicy = `
mode: shadow
ceiling: {usd: 5000}
budget:
  usd: {closes: 50, amount: 50000}
  failures: 5
rules:
  - name: small
    if:
      status: [needs_response]
      amount: {usd: {at_most: 1500}}
    then: close
    after: 24h
`

// examined runs doctor and returns what it found.
func (w *deployed) examined(t *testing.T) (e system.Examination, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &access.Env{
		Console:   cli.Console{Stdout: &stdout, Stderr: &stderr, Dir: w.dir, Now: func() time.Time { return w.at }, Getenv: func(string) string { return "" }},
		HTTP:      &http.Client{Transport: onlyHere{}},
		Cloud:     w.aws.cloud,
		OpenTable: func(context.Context, string) (access.Ledger, error) { return w.ledger, nil },
	}
	code = command.Run(t.Context(), a, []string{"doctor", "--stack", fakeStack, "--json"})
	if err := json.Unmarshal(stdout.Bytes(), &e); err != nil {
		t.Fatalf("%v: %s%s", err, &stdout, &stderr)
	}
	return e, code
}

// onlyHere keeps the tests on this machine.
type onlyHere struct{}

func (onlyHere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() != "127.0.0.1" {
		return nil, errors.New("no network in tests")
	}
	return http.DefaultTransport.RoundTrip(r)
}
