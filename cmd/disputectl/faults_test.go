package main

import (
	"context"
	"fmt"
	"io"
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

	"disputecloser/cmd/disputectl/internal/operatetest"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// always answers every request with a status.
func always(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// forbidden answers as API Gateway does to a person whose policies do not allow a route.
var forbidden = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, `{"message":"Forbidden"}`)
})

// endpointsAs has WooshPay answer a create and a list of endpoints with these bodies, if they are not empty, and the rest as
// the sandbox does.
func endpointsAs(w *deployed, created, list string) {
	w.wooshpayAnswer = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body := map[string]string{"POST /v1/webhook_endpoints": created, "GET /v1/webhook_endpoints": list}[r.Method+" "+r.URL.Path]
		if body == "" {
			w.sandbox.ServeHTTP(rw, r)
			return
		}
		_, _ = io.WriteString(rw, strings.ReplaceAll(body, "WEBHOOK", w.aws.outputs["WebhookUrl"]))
	})
}

// delivers sends the webhook an event as WooshPay does, signed with a secret at an instant, and lets some minutes pass.
func (w *deployed) delivers(body, secret string, at time.Time) {
	req, err := http.NewRequest(http.MethodPost, w.aws.outputs["WebhookUrl"], strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	if secret != "" {
		req.Header.Set(wooshpay.SignatureHeader, wooshpay.Sign(secret, at, []byte(body)))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
	w.at = w.at.Add(5 * time.Minute)
}

// signingSecret is the newest one that is stored.
func (w *deployed) signingSecret() string {
	return w.aws.versions[fakeSigning][len(w.aws.versions[fakeSigning])-1]
}

// Events of WooshPay: about a dispute, about something else, and about a dispute that cannot be read.
const (
	disputeEvent  = `{"id":"evt_1","object":"event","type":"charge.dispute.created","data":{"object":{"id":"dp_1","object":"dispute"}}}`
	otherEvent    = `{"id":"evt_2","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1"}}}`
	unusableEvent = `{"id":"evt_3","object":"event","type":"charge.dispute.created","data":{"object":{}}}`
	sentEvent     = `{"id":"evt_disputectl_2","object":"event","type":"charge.dispute.created","data":{"object":{"id":"dp_sent_by_disputectl","object":"dispute"}}}`
	ownEvent      = `{"id":"evt_disputectl_1","object":"event","type":"charge.dispute.created","data":{"object":{}}}`
)

// answers answers every request with a body.
func answers(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
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
	"rights to the stack":       func(w *deployed) { w.aws.refused["DescribeStacks"] = awsError("AccessDenied", "not allowed") },
	"rights to the stack again": func(w *deployed) { delete(w.aws.refused, "DescribeStacks") },
	"no region":                 func(w *deployed) { w.shellRegion = "" },
	"region again":              func(w *deployed) { w.shellRegion = operatetest.Region },
	"being updated":             func(w *deployed) { w.aws.status = stacks.StackStatusUpdateInProgress },
	"memory of closer":          func(w *deployed) { w.aws.functions["closer-test-Closer"].MemorySize = aws.Int32(128) },
	"architecture of sweep":     func(w *deployed) { w.aws.functions["closer-test-Sweep"].Architectures = nil },
	"timeout of operate":        func(w *deployed) { w.aws.functions["closer-test-Operate"].Timeout = aws.Int32(3) },
	"age of signatures":         func(w *deployed) { w.aws.parameters["SignatureMaxAge"] = "100h" },
	"update of closer": func(w *deployed) {
		w.aws.functions["closer-test-Closer"].LastUpdateStatus = functions.LastUpdateStatusInProgress
	},
	"rights to the template":         func(w *deployed) { w.aws.refused["GetTemplate"] = awsError("AccessDenied", "not allowed") },
	"mapping of a version":           func(w *deployed) { w.aws.mapping.FunctionArn = aws.String(*w.aws.mapping.FunctionArn + ":live") },
	"schedules of a version":         func(w *deployed) { w.aws.startsVersion = ":live" },
	"package of live":                func(w *deployed) { w.packageOf(policy.EnvironmentLive) },
	"decision by another policy":     func(w *deployed) { w.decides("0123456789ab", w.at) },
	"old decision by another policy": func(w *deployed) { w.decides("0123456789ab", w.at.Add(-4*time.Hour)) },
	"function reconcile":             func(w *deployed) { delete(w.aws.functions, "closer-test-Reconcile") },
	"function webhook":               func(w *deployed) { w.aws.functions["closer-test-Webhook"].State = functions.StateFailed },
	"function digest": func(w *deployed) {
		w.aws.functions["closer-test-Digest"].Environment.Variables["ALARM_TOPIC"] = "arn:aws:sns:eu-west-1:123456789012:other"
	},
	"schedule of digest": func(w *deployed) { delete(w.aws.resources, "DigestSchedule") },
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
	"topic gone":                func(w *deployed) { w.aws.refused["GetTopicAttributes"] = awsError("NotFound", "no such topic") },
	"rights to the topic":       func(w *deployed) { w.aws.refused["GetTopicAttributes"] = awsError("AuthorizationError", "not allowed") },
	"output of table":           func(w *deployed) { delete(w.aws.outputs, "Table") },
	"rights to secrets":         func(w *deployed) { w.aws.refused["GetSecretValue"] = awsError("AccessDeniedException", "not allowed") },
	"rights to queues":          func(w *deployed) { w.aws.refused["GetQueueAttributes"] = awsError("AccessDenied", "not allowed") },
	"rights to delete messages": func(w *deployed) { w.aws.refused["DeleteMessage"] = awsError("AccessDenied", "not allowed") },
	"rights to the sweep":       func(w *deployed) { w.aws.refused["Invoke"] = awsError("AccessDeniedException", "not allowed") },
	"rights to read messages":   func(w *deployed) { w.aws.refused["ReceiveMessage"] = awsError("AccessDenied", "not allowed") },
	"rights to give back":       func(w *deployed) { w.aws.refused["ChangeMessageVisibility"] = awsError("AccessDenied", "not allowed") },
	"hidden messages":           func(w *deployed) { w.aws.hidden = "2" },
	"storing":                   func(w *deployed) { w.aws.refused["PutSecretValue"] = awsError("AccessDeniedException", "not allowed") },
	"secret is JSON":            func(w *deployed) { w.aws.versions[fakeKey] = []string{`{"other":"kept","api_key":"sk_test_old"}`} },
	"live":                      func(w *deployed) { w.aws.parameters["WooshpayUrl"] = "https://api.wooshpay.com" },
	"account of ada":            func(w *deployed) { w.account = "210987654321" },
	"rights to acts":            func(w *deployed) { w.api.Instead = forbidden },
	"operate":                   func(w *deployed) { w.api.Instead = always(http.StatusBadGateway) },
	"output of acts":            func(w *deployed) { delete(w.aws.outputs, "OperateUrl") },
	"key of WooshPay":           func(w *deployed) { w.sandbox.SetKeys("sk_test_new") },
	"WooshPay":                  func(w *deployed) { w.wooshpayAnswer = always(http.StatusBadGateway) },
	"lists of WooshPay":         func(w *deployed) { w.wooshpayAnswer = always(http.StatusNotFound) },
	"filters of WooshPay": func(w *deployed) {
		w.wooshpayAnswer = answers(`{"has_more":true,"data":[{"id":"dp_1"},{"id":"dp_2"}]}`)
	},
	"way on of WooshPay":  func(w *deployed) { w.wooshpayAnswer = answers(`{"has_more":true,"data":[]}`) },
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
	"restored table": func(w *deployed) { w.ledger.MoveTo("restored") },
	"mark of closer": func(w *deployed) {
		w.aws.functions["closer-test-Closer"].Environment.Variables["TABLE_MARK"] += "1"
	},
	"mark of operate": func(w *deployed) {
		w.aws.functions["closer-test-Operate"].Environment.Variables["TABLE_MARK"] += "1"
	},
	"pause": func(w *deployed) {
		_ = w.ledger.SetControl(context.Background(), closing.Control{Switch: closing.Paused, Who: "ana", Why: "a holiday", At: w.at})
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
	"quoted signing secret": func(w *deployed) { w.aws.versions[fakeSigning] = []string{`"whsec_doctor"`} },
	"quoted key":            func(w *deployed) { w.aws.versions[fakeKey] = []string{`"sk_test_doctor"`} },
	"forms of endpoints": func(w *deployed) {
		endpointsAs(w, `{"id":1497123612345438208,"livemode":"false","enabled_events":null,"secret":"whsec_once"}`, "")
	},
	"endpoint without id":     func(w *deployed) { endpointsAs(w, `{"secret":"whsec_once"}`, "") },
	"endpoint without secret": func(w *deployed) { endpointsAs(w, `{"id":"we_mute"}`, "") },
	"odd secret":              func(w *deployed) { endpointsAs(w, `{"id":"we_odd","secret":"whsec odd"}`, "") },
	"unreadable endpoint":     func(w *deployed) { endpointsAs(w, "", `{"data":[7,{"id":"we_1","url":"https://a.example.com/x"}]}`) },
	"endpoint without URL":    func(w *deployed) { endpointsAs(w, "", `{"data":[{"id":"we_1"},{"id":"we_2"}]}`) },
	"unreadable second endpoint": func(w *deployed) {
		endpointsAs(w, "", `{"data":[7,{"id":"we_1","url":"WEBHOOK","enabled_events":["*"]}]}`)
	},
	"events not told":         func(w *deployed) { endpointsAs(w, "", `{"data":[{"id":7,"url":"WEBHOOK","enabled_events":null}]}`) },
	"endpoints without end":   func(w *deployed) { endpointsAs(w, "", `{"has_more":true,"data":[{"id":"we_1","url":"WEBHOOK"}]}`) },
	"our entry is unreadable": func(w *deployed) { endpointsAs(w, "", `{"data":["we_1"]}`) },
	"deliveries by another secret": func(w *deployed) {
		for range 3 {
			w.delivers(disputeEvent, "whsec_other", w.at)
		}
	},
	"one forged delivery":  func(w *deployed) { w.delivers(disputeEvent, "whsec_other", w.at) },
	"unsigned deliveries":  func(w *deployed) { w.delivers(disputeEvent, "", w.at); w.delivers(disputeEvent, "", w.at) },
	"stale delivery":       func(w *deployed) { w.delivers(disputeEvent, w.signingSecret(), w.at.Add(-81*time.Hour)) },
	"delivery from future": func(w *deployed) { w.delivers(disputeEvent, w.signingSecret(), w.at.Add(6*time.Minute)) },
	"unusable delivery":    func(w *deployed) { w.delivers(unusableEvent, w.signingSecret(), w.at) },
	"own unusable event":   func(w *deployed) { w.delivers(ownEvent, w.signingSecret(), w.at) },
	"unverified delivery": func(w *deployed) {
		right := w.signingSecret()
		w.aws.versions[fakeSigning] = []string{`"` + right + `"`}
		w.delivers(disputeEvent, right, w.at)
		w.aws.versions[fakeSigning] = []string{right}
	},
	"secret mended for disputes": func(w *deployed) {
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(disputeEvent, w.signingSecret(), w.at)
	},
	"secret mended for others": func(w *deployed) {
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(otherEvent, w.signingSecret(), w.at)
	},
	"only test events since": func(w *deployed) {
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(sentEvent, w.signingSecret(), w.at)
	},
	"secret lost again": func(w *deployed) {
		w.delivers(otherEvent, w.signingSecret(), w.at)
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(disputeEvent, w.signingSecret(), w.at.Add(-81*time.Hour))
	},
	"refused two days ago": func(w *deployed) {
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.at = w.at.Add(25 * time.Hour)
	},
	"long log": func(w *deployed) { w.fillLog() },
	"long log with refusals": func(w *deployed) {
		w.delivers(disputeEvent, "whsec_other", w.at)
		w.fillLog()
	},
	"rights to the log": func(w *deployed) { w.aws.refused["FilterLogEvents"] = awsError("AccessDeniedException", "not allowed") },
	"log gone":          func(w *deployed) { delete(w.aws.resources, "WebhookLog") },
	"network":           func(w *deployed) { w.webhook.Close() },
	"package":           func(w *deployed) { w.zip = []byte("no zip") },
	"budget beyond":     func(w *deployed) { w.spend(closing.Tally{Closes: 51, Amount: 100}) },
	"failures":          func(w *deployed) { w.spend(closing.Tally{Closes: 9, Amount: 100, Failures: 5}) },
	"budget":            func(w *deployed) { w.spend(closing.Tally{Closes: 50, Amount: 41000}) },
}

// fillLog writes more accepted deliveries than doctor reads.
func (w *deployed) fillLog() {
	for range 301 {
		w.aws.log(w.at, `{"message":"event ignored","event":"evt_1"}`)
	}
	w.at = w.at.Add(5 * time.Minute)
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

// packageOf deploys a package that was built for another environment, on a stack of WooshPay's test mode.
func (w *deployed) packageOf(environment string) {
	checked := source.Check("policy.yaml", []byte(doctorPolicy))
	checked.Document.Environment = environment
	var err error
	if w.zip, err = zipped(checked.Document); err != nil {
		panic(err)
	}
	w.liveKey()
}

// decides stores a case that a policy decided.
func (w *deployed) decides(hash string, at time.Time) {
	d, err := dispute.Parse([]byte(`{"id":"dp_decided","object":"dispute","amount":100,"currency":"usd","status":"needs_response"}`))
	if err != nil {
		panic(err)
	}
	c := closing.Case{
		ID: d.ID, State: closing.Open, DueAt: w.at.Add(time.Hour), Dispute: d,
		Decision: &policy.Decision{Action: policy.Keep, Policy: hash, At: at},
	}
	if _, err := w.ledger.Save(context.Background(), c, closing.Tally{}); err != nil {
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
