//go:build parts

package stack

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"

	"disputecloser/internal/sandbox"
	"disputecloser/internal/template"
)

// Somebody who is subscribed to the alarms' topic gets the mail about a case, from the closer as it is deployed.
func TestACaseThatNeedsAPersonIsMailed(t *testing.T) {
	t.Parallel()
	queue := deployed.subscribed(t, "mailbox-person")
	deployed.wooshpay.open(t, sandbox.Dispute{ID: "dp_nocharge", Amount: 1200, NoCharge: true})
	mail := receive(t, queue, func(m notification) bool { return m.Subject == "dispute-closer: dp_nocharge needs a person" })
	for _, want := range []string{"Dispute dp_nocharge about 12.00 USD needs a person.", "such a dispute can be won", "  disputectl why dp_nocharge --stack " + deployed.name + "\n"} {
		if !strings.Contains(mail.Message, want) {
			t.Errorf("no %q in %s", want, mail.Message)
		}
	}
}

// The dashboard is deployed with every reference filled in, and with each query.
func TestTheDashboardAndTheQueriesAreDeployed(t *testing.T) {
	t.Parallel()
	form := url.Values{"Action": {"GetDashboard"}, "Version": {"2010-08-01"}, "DashboardName": {deployed.resources["Dashboard"]}}
	answer, err := deployed.aws.Call(t.Context(), "monitoring", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		GetDashboardResult struct{ DashboardBody string }
	}
	if err := xml.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	body := got.GetDashboardResult.DashboardBody
	if !json.Valid([]byte(body)) || strings.Contains(body, "${") || !strings.Contains(body, `"`+deployed.outputs["Table"]+`"`) {
		t.Errorf("the dashboard is %s", body)
	}
	for name, r := range template.Read(t).Resources {
		if r.Type == "AWS::Logs::QueryDefinition" && deployed.resources[name] == "" {
			t.Errorf("%s is not deployed", name)
		}
	}
}
