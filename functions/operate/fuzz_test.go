package operate_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/functions/operate"
	"disputecloser/internal/eventfile"
)

// Whatever API Gateway sends: without an identity the table is not asked, and with one it is written only if the answer says so.
func FuzzRequest(f *testing.F) {
	for _, name := range []string{"operate-keep", "operate-close", "operate-release", "operate-pause", "operate-resume", "dispute-created", "schedule-sweep"} {
		f.Add(eventfile.Text(f, name))
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		var req events.APIGatewayV2HTTPRequest
		if json.Unmarshal(event, &req) != nil {
			t.Skip()
		}
		w := newWorld(t)
		status, a := w.send(t, req)
		authorizer := req.RequestContext.Authorizer
		isNobody := authorizer == nil || authorizer.IAM == nil || authorizer.IAM.UserARN == ""
		if isNobody && (status != http.StatusForbidden || w.ledger.reads+w.ledger.writes > 0) {
			t.Errorf("nobody is answered %d, after %d reads", status, w.ledger.reads)
		}
		w.wantSound(t, status, a)
	})
}

// Whatever a person says, it is stored whole or not at all, and the answer says which.
func FuzzBody(f *testing.F) {
	for i, act := range acts {
		f.Add(i, fromFile(f, act).Body)
	}
	f.Add(0, `{"dispute":"dp_1","why":"\ud800","version":9007199254740993}`)
	f.Fuzz(func(t *testing.T, act int, body string) {
		w := newWorld(t)
		req := saying(t, acts[uint(act)%uint(len(acts))], body)
		status, a := w.send(t, req)
		if a.Who != ada {
			t.Errorf("answered %+v", a)
		}
		w.wantSound(t, status, a)
	})
}

// wantSound wants the answer to agree with what was stored.
func (w *world) wantSound(t *testing.T, status int, a operate.Answer) {
	t.Helper()
	if !slices.Contains([]int{http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict}, status) {
		t.Errorf("answered %d %+v", status, a)
	}
	if a.Stored != (status == http.StatusOK) || a.Stored != (w.ledger.writes == 1) || a.Stored != (a.Code == "") {
		t.Errorf("answered %d %+v after %d writes", status, a, w.ledger.writes)
	}
	if err := w.stored(t).Invalid(); err != nil {
		t.Error(err)
	}
}
