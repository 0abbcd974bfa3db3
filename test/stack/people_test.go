//go:build parts

package stack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"disputecloser/functions/operate"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
)

// TestPeopleMayDoTheirOwnVerbsOnly compares each policy for people with what it allows, and nobody's with nothing: every
// verb of the table and of the secrets, and every act.
func TestPeopleMayDoTheirOwnVerbsOnly(t *testing.T) {
	reads := []string{"GetItem", "BatchGetItem", "Query due"}
	for policy, may := range map[string]struct{ verbs, acts []string }{
		"ViewerPolicy":     {reads, nil},
		"PauserPolicy":     {reads, []string{"pause"}},
		"OperatorPolicy":   {reads, acts},
		"MaintainerPolicy": {append([]string{"read signing secret", "read API key"}, reads...), nil},
		"nobody":           {},
	} {
		t.Run(policy, func(t *testing.T) {
			who := deployed.person(t, policy)
			verbs := deployed.verbs(who)
			maps.Copy(verbs, deployed.itemVerbs(dynamodb.NewFromConfig(who), "privilege#1"))
			wantOnly(t, verbs, may.verbs)
			for _, act := range acts {
				status, answer := deployed.order(t, who, act, `{}`)
				if slices.Contains(may.acts, act) {
					if status != http.StatusBadRequest || !strings.Contains(answer, string(operate.BadRequest)) {
						t.Errorf("%s: %d %s", act, status, answer)
					}
				} else if !isForbidden(status, answer) {
					t.Errorf("%s is not denied: %d %s", act, status, answer)
				}
			}
		})
	}
}

// person returns the settings of somebody with one of the stack's policies; of nobody, with none.
func (s *stack) person(t *testing.T, policy string) aws.Config {
	t.Helper()
	if policy == "nobody" {
		return s.with(t)
	}
	return s.with(t, policy)
}

// isForbidden reports whether the API refused a request. The function's own refusals have a code.
func isForbidden(status int, answer string) bool {
	return status == http.StatusForbidden && !strings.Contains(answer, `"code"`)
}

// TestAnOrderCannotBeForged tries what an operator's policy let everybody do while it allowed to write the table, and
// what anybody may try at the API.
func TestAnOrderCannotBeForged(t *testing.T) {
	id := dispute.ID("dp_forged_order")
	deployed.learn(t, id)
	before, operator := deployed.caseOf(t, id), deployed.with(t, "OperatorPolicy")

	budget := "budget#" + string(closing.DayOf(time.Now())) + "#usd"
	db := dynamodb.NewFromConfig(operator)
	for name, act := range map[string]struct{ key, update, value string }{
		"an order in another's name": {dynamo.KeyOf(id), "SET override = :v", `{"action":"close","who":"arn:aws:iam::000000000000:user/eve"}`},
		"a budget reset":             {budget, "SET closes = :v", "-999"},
		"a pause lifted":             {"control", "SET paused = :v", ""},
		"a line of the journal":      {"journal#1", "SET who = :v", "eve"},
	} {
		_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: aws.String(deployed.outputs["Table"]), Key: keyed(act.key), UpdateExpression: aws.String(act.update),
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberS{Value: act.value}},
		})
		t.Logf("%s: %v", name, err)
		if !denied(err) {
			t.Errorf("%s is not denied: %v", name, err)
		}
	}

	keep := `{"dispute":"` + string(id) + `","why":"a forgery"}`
	named := strings.Replace(keep, "{", `{"who":"arn:aws:iam::000000000000:user/eve",`, 1)
	if status, answer := deployed.order(t, operator, "keep", named); status != http.StatusBadRequest || !strings.Contains(answer, `there is no field \"who\"`) {
		t.Errorf("another person in the body: %d %s", status, answer)
	}
	// An HTTP API of AWS answers each of these with 403 and no reason; MiniStack says more.
	for name, forge := range map[string]func(*http.Request){
		"unsigned":    func(r *http.Request) { r.Header.Del("Authorization") },
		"a wrong key": func(r *http.Request) { deployed.sign(t, r, wrongKey(t, operator), keep) },
		"an unknown key": func(r *http.Request) {
			deployed.sign(t, r, credentials.NewStaticCredentialsProvider("AKIASTRANGER", "x", ""), keep)
		},
		"another body": func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(named)), int64(len(named))
		},
		"another route": func(r *http.Request) { r.URL.Path = "/operator/release" },
		"a header with an ARN": func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Set("X-Amz-User-Arn", "arn:aws:iam::000000000000:user/eve")
		},
	} {
		req := deployed.request(t, "keep", keep)
		deployed.sign(t, req, operator.Credentials, keep)
		forge(req)
		status, answer := send(t, req)
		t.Logf("%s: %d %s", name, status, answer)
		if !isForbidden(status, answer) {
			t.Errorf("%s is not denied: %d %s", name, status, answer)
		}
	}
	if after := deployed.caseOf(t, id); after.Override != nil || len(after.History) != len(before.History) {
		t.Errorf("the case was changed: %+v", after)
	}
}

// wrongKey returns somebody's credentials with another secret.
func wrongKey(t *testing.T, who aws.Config) aws.CredentialsProvider {
	t.Helper()
	c, err := who.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey+"x", c.SessionToken)
}

// TestWhoActsIsWhomAWSVerified has two people act, and finds their ARNs in the table. It ends with closing resumed.
func TestWhoActsIsWhomAWSVerified(t *testing.T) {
	id := dispute.ID("dp_who")
	deployed.learn(t, id)
	operator, pauser := deployed.with(t, "OperatorPolicy"), deployed.with(t, "PauserPolicy")
	deployed.wantStored(t, operator, "keep", `{"dispute":"`+string(id)+`","why":"a good customer"}`)
	c := deployed.caseOf(t, id)
	if last := c.History[len(c.History)-1]; c.Override == nil || c.Override.Who != arn(t, operator) || last.Who != arn(t, operator) || last.What != "keep: a good customer" {
		t.Errorf("who kept it is %+v, %+v; want %s", c.Override, last, arn(t, operator))
	}
	deployed.wantStored(t, operator, "release", `{"dispute":"`+string(id)+`","why":"a test"}`)
	deployed.wantStored(t, pauser, "pause", `{"why":"a test"}`)
	if control := deployed.control(t); control.Switch != closing.Paused || control.Who != arn(t, pauser) {
		t.Errorf("the switch is %+v, want the pause of %s", control, arn(t, pauser))
	}
	if status, answer := deployed.order(t, pauser, "resume", `{"why":"a test"}`); !isForbidden(status, answer) {
		t.Errorf("a resume is not denied: %d %s", status, answer)
	}
	deployed.wantStored(t, operator, "resume", `{"why":"a test"}`)
	if control := deployed.control(t); control.Switch != closing.On || control.Who != arn(t, operator) {
		t.Errorf("the switch is %+v, want the resume of %s", control, arn(t, operator))
	}
}

// TestAnOperatorClosesADispute closes one that the rules keep, from the signed request to WooshPay.
func TestAnOperatorClosesADispute(t *testing.T) {
	t.Parallel()
	id := dispute.ID("dp_operator_closes")
	c, operator := deployed.learn(t, id), deployed.with(t, "OperatorPolicy")
	order := operate.Request{Dispute: id, Why: "costs more to fight", Amount: 1600, Currency: "usd", Version: c.Version}
	stale := order
	stale.Version--
	if status, answer := deployed.order(t, operator, "close", marshal(t, stale)); status != http.StatusConflict || !strings.Contains(answer, string(operate.Changed)) {
		t.Errorf("an old version: %d %s", status, answer)
	}
	deployed.wantStored(t, operator, "close", marshal(t, order))
	closed := deployed.await(t, id, closing.Closed, fast)
	if closed.Decision == nil || closed.Decision.Operator != arn(t, operator) {
		t.Errorf("closed by %+v, want %s", closed.Decision, arn(t, operator))
	}
	if got := deployed.wooshpay.Closes()[id]; len(got) != 1 {
		t.Errorf("closes executed: %v", got)
	}
}

// learn opens a dispute that the rules keep, and returns its case once it is decided.
func (s *stack) learn(t *testing.T, id dispute.ID) closing.Case {
	t.Helper()
	s.wooshpay.open(t, sandbox.Dispute{ID: id, Amount: 1600})
	for deadline := time.Now().Add(fast); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if c := s.caseOf(t, id); c.Decision != nil && !c.Armed() {
			return c
		}
	}
	t.Fatalf("dispute %s is not decided within %s", id, fast)
	return closing.Case{}
}

func (s *stack) control(t *testing.T) closing.Control {
	t.Helper()
	l, err := s.ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Control(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// arn returns the identity that AWS sees behind somebody's credentials.
func arn(t *testing.T, who aws.Config) string {
	t.Helper()
	out, err := sts.NewFromConfig(who).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.Arn)
}

func marshal(t *testing.T, r operate.Request) string {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// wantStored has an act carried out, under the person's own ARN.
func (s *stack) wantStored(t *testing.T, who aws.Config, act, body string) {
	t.Helper()
	status, text := s.order(t, who, act, body)
	var a operate.Answer
	if err := json.Unmarshal([]byte(text), &a); err != nil || status != http.StatusOK || !a.Stored || a.Who != arn(t, who) {
		t.Fatalf("%s %s: %d %s", act, body, status, text)
	}
}

// order sends a person's signed request, and returns the status and the body of the answer.
func (s *stack) order(t *testing.T, who aws.Config, act, body string) (int, string) {
	t.Helper()
	req := s.request(t, act, body)
	s.sign(t, req, who.Credentials, body)
	return send(t, req)
}

func (s *stack) request(t *testing.T, act, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.aws.Endpoint+"/operator/"+act, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = s.apiHost()
	req.Header.Set("Content-Type", "application/json")
	return req
}

func (s *stack) sign(t *testing.T, req *http.Request, who aws.CredentialsProvider, body string) {
	t.Helper()
	req.Header.Del("X-Amz-Security-Token") // that of who signed it before
	c, err := who.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), c, req, hex.EncodeToString(hash[:]), "execute-api", s.aws.Config().Region, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func send(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
