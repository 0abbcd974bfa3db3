package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	stacks "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	tables "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	functions "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	schedules "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// always answers every request with a status.
func always(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// faults are what a page can break, by name.
var faults = map[string]func(*deployed){
	"rolled back": func(w *deployed) { w.aws.status = stacks.StackStatusUpdateRollbackComplete },
	"variable of closer": func(w *deployed) {
		w.aws.functions["closer-test-Closer"].Environment.Variables["API_KEY_SECRET"] = ""
	},
	"table of sweep": func(w *deployed) {
		w.aws.functions["closer-test-Sweep"].Environment.Variables["TABLE"] = "another"
	},
	"function reconcile": func(w *deployed) { delete(w.aws.functions, "closer-test-Reconcile") },
	"function webhook":   func(w *deployed) { w.aws.functions["closer-test-Webhook"].State = functions.StateFailed },
	"mapping": func(w *deployed) {
		w.aws.mapping.State = aws.String("Disabled")
	},
	"mapping of another stream": func(w *deployed) { w.aws.mapping.EventSourceArn = aws.String("arn:old") },
	"stream":                    func(w *deployed) { w.aws.table.StreamSpecification.StreamEnabled = aws.Bool(false) },
	"index":                     func(w *deployed) { w.aws.table.GlobalSecondaryIndexes = nil },
	"backups":                   func(w *deployed) { w.aws.backups = tables.PointInTimeRecoveryStatusDisabled },
	"protection":                func(w *deployed) { w.aws.table.DeletionProtectionEnabled = aws.Bool(false) },
	"schedule":                  func(w *deployed) { w.aws.schedule["every-5-minutes"] = schedules.ScheduleStateDisabled },
	"schedule gone":             func(w *deployed) { delete(w.aws.resources, "ReconcileSchedule") },
	"queue":                     func(w *deployed) { w.aws.queued["https://sqs/records"] = "3" },
	"nobody subscribed":         func(w *deployed) { w.aws.subscribed = map[string]string{"SubscriptionsConfirmed": "0"} },
	"unconfirmed subscription": func(w *deployed) {
		w.aws.subscribed = map[string]string{"SubscriptionsConfirmed": "0", "SubscriptionsPending": "1"}
	},
	"topic gone":          func(w *deployed) { w.aws.refused["GetTopicAttributes"] = awsError("NotFound", "no such topic") },
	"rights to the topic": func(w *deployed) { w.aws.refused["GetTopicAttributes"] = awsError("AuthorizationError", "not allowed") },
	"output of table":     func(w *deployed) { delete(w.aws.outputs, "Table") },
	"rights to secrets":   func(w *deployed) { w.aws.refused["GetSecretValue"] = awsError("AccessDeniedException", "not allowed") },
	"rights to queues":    func(w *deployed) { w.aws.refused["GetQueueAttributes"] = awsError("AccessDenied", "not allowed") },
	"storing":             func(w *deployed) { w.aws.refused["PutSecretValue"] = awsError("AccessDeniedException", "not allowed") },
	"secret is JSON":      func(w *deployed) { w.aws.versions[fakeKey] = []string{`{"other":"kept","api_key":"sk_test_old"}`} },
	"live":                func(w *deployed) { w.aws.parameters["WooshpayUrl"] = "https://api.wooshpay.com" },
	"key of WooshPay":     func(w *deployed) { w.sandbox.SetKeys("sk_test_new") },
	"WooshPay":            func(w *deployed) { w.wooshpayAnswer = always(http.StatusBadGateway) },
	"lists of WooshPay":   func(w *deployed) { w.wooshpayAnswer = always(http.StatusNotFound) },
	"charge unknown":      func(w *deployed) { w.chargeAnswer(http.StatusNotFound, "") },
	"charge not offered":  func(w *deployed) { w.chargeAnswer(http.StatusMethodNotAllowed, "") },
	"charge forbidden":    func(w *deployed) { w.chargeAnswer(http.StatusForbidden, "") },
	"charge down":         func(w *deployed) { w.chargeAnswer(http.StatusBadGateway, "") },
	"charge silent":       func(w *deployed) { w.chargeAnswer(http.StatusOK, `{"id":"ch_doctor","object":"charge"}`) },
	"refunds unavailable": func(w *deployed) { w.refundsUnavailable() },
	"charge silent, as the policy has it": func(w *deployed) {
		w.refundsUnavailable()
		w.chargeAnswer(http.StatusOK, `{"id":"ch_doctor","object":"charge"}`)
	},
	"no dispute": func(w *deployed) { w.listAnswer(`{"object":"list","data":[],"has_more":false}`) },
	"dispute without a charge": func(w *deployed) {
		w.listAnswer(`{"object":"list","data":[{"id":"dp_1","object":"dispute","created":1772445600}],"has_more":false}`)
	},
	"newest charge silent": func(w *deployed) {
		w.table(`{"id":"dp_new","object":"dispute","created":1772452900,"charge":"ch_new"}`)
		w.chargeAnswer(http.StatusOK, `{"id":"ch_new","object":"charge"}`)
	},
	"charge of the table": func(w *deployed) {
		w.table(`{"id":"dp_new","object":"dispute","created":1772452900,"charge":"ch_new"}`)
		w.wooshpayAnswer = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/charges/ch_new" {
				rw.WriteHeader(http.StatusNotFound)
				return
			}
			fmt.Fprint(rw, `{"id":"ch_new","object":"charge","refunded":false}`)
		})
	},
	"clock of WooshPay":     func(w *deployed) { w.wooshpayAhead = 6 * time.Minute },
	"clock of this machine": func(w *deployed) { w.wooshpayAhead, w.awsAhead = time.Minute, time.Minute },
	"verification":          func(w *deployed) { w.answer = always(http.StatusOK) },
	"webhook":               func(w *deployed) { w.answer = always(http.StatusServiceUnavailable) },
	"route":                 func(w *deployed) { w.answer = always(http.StatusNotFound) },
	"endpoint of a second stack": func(w *deployed) {
		_, _ = w.sandbox.Register("https://second.example.com/webhook", "charge.dispute.created")
	},
	"endpoint of something else": func(w *deployed) {
		_, _ = w.sandbox.Register("https://shop.example.com/hooks", "payment_intent.succeeded")
	},
	"endpoint twice": func(w *deployed) {
		_, _ = w.sandbox.Register(w.aws.outputs["WebhookUrl"], "charge.dispute.created")
	},
	"pause": func(w *deployed) {
		_ = w.ledger.SetControl(context.Background(), closing.Control{Paused: true, Who: "ana", Why: "a holiday", At: w.at})
	},
	"due case": func(w *deployed) {
		c := closing.Case{ID: "dp_late", State: closing.Open, DueAt: w.at.Add(-time.Hour)}
		d, err := dispute.Parse([]byte(`{"id":"dp_late"}`))
		if err != nil {
			panic(err)
		}
		c.Dispute = d
		if _, err := w.ledger.Save(context.Background(), c, closing.Tally{}); err != nil {
			panic(err)
		}
	},
	"expiry":                func(w *deployed) { w.aws.expiry = tables.TimeToLiveStatusDisabled },
	"key of the live mode":  func(w *deployed) { w.liveKey() },
	"signing secret":        func(w *deployed) { w.answer = always(http.StatusUnauthorized) },
	"key as signing secret": func(w *deployed) { w.aws.versions[fakeSigning] = []string{"sk_test_doctor"}; w.answer = always(401) },
	"network":               func(w *deployed) { w.webhook.Close() },
	"package":               func(w *deployed) { w.zip = []byte("no zip") },
	"budget beyond":         func(w *deployed) { w.spend(closing.Tally{Closes: 51, Amount: 100}) },
	"failures":              func(w *deployed) { w.spend(closing.Tally{Closes: 9, Amount: 100, Failures: 5}) },
	"budget":                func(w *deployed) { w.spend(closing.Tally{Closes: 50, Amount: 41000}) },
}

// spend counts on today's budget.
func (w *deployed) spend(t closing.Tally) {
	t.Day, t.Currency = closing.DayOf(w.at), "usd"
	if _, err := w.ledger.Save(context.Background(), closing.Case{ID: "dp_spent", State: closing.Closed}, t); err != nil {
		panic(err)
	}
}

// chargeAnswer has WooshPay answer every read of a charge in one way.
func (w *deployed) chargeAnswer(status int, body string) { w.answerPath("/v1/charges/", status, body) }

// listAnswer has WooshPay answer its list of disputes in one way.
func (w *deployed) listAnswer(body string) { w.answerPath("/v1/disputes/list", http.StatusOK, body) }

func (w *deployed) answerPath(prefix string, status int, body string) {
	w.wooshpayAnswer = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, prefix) {
			w.sandbox.ServeHTTP(rw, r)
			return
		}
		rw.WriteHeader(status)
		fmt.Fprint(rw, body)
	})
}

// refundsUnavailable deploys such a policy, and has it in the local file, too.
func (w *deployed) refundsUnavailable() {
	text := []byte(strings.Replace(doctorPolicy, "mode: shadow", "mode: shadow\nrefunds: unavailable", 1))
	var err error
	if w.zip, err = packaged(text); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "policy.yaml"), text, 0o600); err != nil {
		panic(err)
	}
}

// table stores a case of the dispute, which is not due yet.
func (w *deployed) table(text string) {
	d, err := dispute.Parse([]byte(text))
	if err != nil {
		panic(err)
	}
	c := closing.Case{ID: d.ID, State: closing.Open, DueAt: w.at.Add(time.Hour), Dispute: d}
	if _, err := w.ledger.Save(context.Background(), c, closing.Tally{}); err != nil {
		panic(err)
	}
}

// liveKey stores a live key beside WooshPay's test host.
func (w *deployed) liveKey() {
	w.aws.versions[fakeKey] = []string{"sk_live_doctor"}
	w.aws.parameters["WooshpayUrl"] = "https://apitest.wooshpay.com"
	for _, f := range w.aws.functions {
		f.Environment.Variables["WOOSHPAY_URL"] = "https://apitest.wooshpay.com"
	}
}
