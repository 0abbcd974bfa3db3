//go:build parts

package stack

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"disputecloser/internal/sandbox"
	"disputecloser/internal/template"
)

// Somebody who is subscribed to the alarms' topic gets the mail about a case, from the closer as it is deployed.
func TestACaseThatNeedsAPersonIsMailed(t *testing.T) {
	t.Parallel()
	box := deployed.subscribe(t, "mailbox-person")
	deployed.wooshpay.open(t, sandbox.Dispute{ID: "dp_nocharge", Amount: 1200, NoCharge: true})
	mail := box.await(t, "dp_nocharge")
	if mail.Subject != "dispute-closer: dp_nocharge needs a person" || mail.TopicArn != deployed.outputs["AlarmTopic"] {
		t.Errorf("the mail is %+v", mail)
	}
	for _, want := range []string{"Dispute dp_nocharge about 12.00 USD needs a person.", "  disputectl why dp_nocharge --stack " + deployed.name + "\n"} {
		if !strings.Contains(mail.Message, want) {
			t.Errorf("no %q in %s", want, mail.Message)
		}
	}
}

// mailbox is a queue that is subscribed to the alarms' topic, as an address is.
type mailbox struct {
	client *sqs.Client
	url    *string
}

func (s *stack) subscribe(t *testing.T, name string) mailbox {
	t.Helper()
	client := sqs.NewFromConfig(s.aws.Config())
	queue, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name)})
	if err != nil {
		t.Fatal(err)
	}
	attributes, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: queue.QueueUrl, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = sns.NewFromConfig(s.aws.Config()).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(s.outputs["AlarmTopic"]), Protocol: aws.String("sqs"), Endpoint: aws.String(attributes.Attributes["QueueArn"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	return mailbox{client, queue.QueueUrl}
}

// notification is what SNS sends to a queue.
type notification struct{ Subject, Message, TopicArn string }

// await returns the first mail that names a text; other tests cause mails, too.
func (m mailbox) await(t *testing.T, text string) notification {
	t.Helper()
	for deadline := time.Now().Add(fast); time.Now().Before(deadline); {
		got, err := m.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: m.url, WaitTimeSeconds: 1, MaxNumberOfMessages: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range got.Messages {
			var n notification
			if err := json.Unmarshal([]byte(aws.ToString(message.Body)), &n); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(n.Message, text) {
				return n
			}
		}
	}
	t.Fatalf("no mail about %s within %s", text, fast)
	return notification{}
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
