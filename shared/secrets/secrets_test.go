package secrets_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"disputecloser/shared/secrets"
	"disputecloser/shared/wooshpay"
)

var _ wooshpay.KeySource = (*secrets.Key)(nil)

// store is a Secrets Manager that holds one secret.
type store struct {
	mu       sync.Mutex
	versions map[string]string // by label
	binary   []byte            // the current version, if it is not text
	created  time.Time         // of the current version
	err      error
	errOf    string   // the label for which err is returned; empty for all
	calls    []string // the labels asked for
}

func (s *store) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stage := aws.ToString(in.VersionStage)
	s.calls = append(s.calls, stage)
	if s.err != nil && (s.errOf == "" || s.errOf == stage) {
		return nil, s.err
	}
	if s.binary != nil && stage == "AWSCURRENT" {
		return &secretsmanager.GetSecretValueOutput{SecretBinary: s.binary}, nil
	}
	value, ok := s.versions[stage]
	if !ok || aws.ToString(in.SecretId) != "the/secret" {
		return nil, &types.ResourceNotFoundException{Message: aws.String("Secrets Manager can't find the specified secret value")}
	}
	out := &secretsmanager.GetSecretValueOutput{SecretString: &value}
	if stage == "AWSCURRENT" && !s.created.IsZero() {
		out.CreatedDate = &s.created
	}
	return out, nil
}

// rotate makes whsec_2 the current version.
func (s *store) rotate(at time.Time) {
	s.versions["AWSPREVIOUS"] = s.versions["AWSCURRENT"]
	s.versions["AWSCURRENT"] = "whsec_2"
	s.created = at
}

func holding(value string) *store {
	return &store{versions: map[string]string{"AWSCURRENT": value}}
}

func TestKeyAsTextAndAsJSON(t *testing.T) {
	for stored, want := range map[string]string{
		"sk_test_1":               "sk_test_1",
		"sk_test_1\n":             "sk_test_1",
		`{"api_key":"sk_test_1"}`: "sk_test_1",
		"sk_test_1\r\n":           "sk_test_1",
		` {"other": 1, "api_key": "sk_test_1"} ` + "\n": "sk_test_1",
	} {
		got, err := secrets.NewKey(holding(stored), "the/secret").Key(t.Context())
		if err != nil || got != want {
			t.Errorf("stored %q: got %q, %v", stored, got, err)
		}
	}
}

func TestUnusableSecretsSayWhatToDoAndNotWhatTheyHold(t *testing.T) {
	for stored, why := range map[string]string{
		"": "not stored: it is empty", "\n": "the API key is empty", " \n": "begins with a space", "sk_test_hush\n\n": "ends with a line break", "sk_test_hush\r\n\r\n": "contains a carriage return",
		"{}": "no text", `{"key":"hush-hush"}`: "no text", `{"api_key":""}`: "is empty", `{"api_key":null}`: "no text", `{"api_key":{"hush-hush":1}}`: "no text",
		`{"api_key":"sk_test_hush\n"}`: "ends with a line break", `{"api_key":" sk_test_hush"}`: "begins with a space", `{"api_key":"\"sk_test_hush\""}`: "begins with a quotation mark",
		`"sk_test_hush"`: "begins with a quotation mark", `["sk_test_hush"]`: "begins with the character '['", "\ufeffsk_test_hush": "begins with a byte order mark",
		"\ufeff" + `{"api_key":"sk_test_hush"}`: "begins with a byte order mark", "whsec_hush": "is a signing secret", `{"api_key":"sk_test_hush"} {}`: "begins like JSON",
		`{"api_key":"hush-hush"`: "begins like JSON",
	} {
		_, err := secrets.NewKey(holding(stored), "the/secret").Key(t.Context())
		if !errors.Is(err, secrets.ErrMissing) {
			t.Errorf("stored %q: got %v, want ErrMissing", stored, err)
			continue
		}
		for _, part := range []string{"the/secret", why, "put-secret-value", `"api_key"`} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("stored %q: %q does not say %q", stored, err, part)
			}
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("stored %q: %q repeats the secret", stored, err)
		}
	}
}

// A signing secret that was stored with quotation marks verifies no delivery: the function must not start with it.
func TestASigningSecretThatCannotBeOneIsRefusedAtStart(t *testing.T) {
	for stored, why := range map[string]string{
		`"whsec_hush"`: "begins with a quotation mark", "“whsec_hush”": "U+201C", "whsec_hush ": "ends with a space", "\ufeffwhsec_hush\r\n": "a byte order mark",
		`{"signing_secret":"\"whsec_hush\""}`: "begins with a quotation mark", `{"signing_secret":"whsec_hush\u200b"}`: "a zero-width space",
		"whsec_": "nothing but its prefix", "whsec_whsec_hush": "twice", "t=1,v1=hush": "an equals sign", "sk_test_hush": "an API key",
	} {
		s, _, _ := signing(holding(stored))
		got, err := s.Secrets(t.Context())
		if !errors.Is(err, secrets.ErrMissing) || len(got) > 0 || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "hush") {
			t.Errorf("stored %q: got %q, %v", stored, got, err)
		}
	}
}

func TestASigningSecretThatCannotBeOneIsNotRenewed(t *testing.T) {
	at := holding("whsec_1")
	s, clock, log := signing(at)
	wantSecrets(t, s, "whsec_1")
	at.versions["AWSPREVIOUS"], at.versions["AWSCURRENT"] = "whsec_1", `"whsec_2"`
	clock.at = clock.at.Add(time.Minute)
	if got, isNew := s.Renewed(t.Context()); isNew {
		t.Errorf("renewed to %q", got)
	}
	clock.at = clock.at.Add(6 * time.Minute)
	wantSecrets(t, s, "whsec_1")
	if n := strings.Count(log.String(), "level=ERROR"); n != 2 || !strings.Contains(log.String(), "begins with a quotation mark") || strings.Contains(log.String(), "whsec_2") {
		t.Errorf("%d errors, want 2: %s", n, log)
	}
}

func TestAPreviousVersionThatCannotBeOneIsPassedOver(t *testing.T) {
	at := holding(`"whsec_2"`)
	s, clock, _ := signing(at)
	at.rotate(clock.at)
	wantSecrets(t, s, "whsec_2")
}

func TestABinarySecretIsNotCalledEmpty(t *testing.T) {
	_, err := secrets.NewKey(&store{binary: []byte("hush-hush")}, "the/secret").Key(t.Context())
	if !errors.Is(err, secrets.ErrMissing) || !strings.Contains(err.Error(), "it is binary") || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestASecretThatDoesNotExist(t *testing.T) {
	_, err := secrets.NewKey(holding("sk_test_1"), "another").Key(t.Context())
	if !errors.Is(err, secrets.ErrMissing) || !strings.Contains(err.Error(), "read secret another") {
		t.Errorf("got %v", err)
	}
	down := &store{err: errors.New("throttled")}
	if _, err := secrets.NewKey(down, "the/secret").Key(t.Context()); err == nil || errors.Is(err, secrets.ErrMissing) {
		t.Errorf("a failing Secrets Manager: got %v, want an error that is not ErrMissing", err)
	}
}

// silence is a Secrets Manager that records the deadline of the call, and fails.
type silence struct{ asked time.Duration }

func (s *silence) GetSecretValue(ctx context.Context, _ *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	if deadline, ok := ctx.Deadline(); ok {
		s.asked = time.Until(deadline)
	}
	return nil, context.DeadlineExceeded
}

// A webhook has ten seconds, and so has the window of a close: reading a secret must leave enough of them.
func TestAReadIsBounded(t *testing.T) {
	var api silence
	_, err := secrets.NewKey(&api, "the/secret").Key(t.Context())
	if !errors.Is(err, context.DeadlineExceeded) || api.asked <= 0 || api.asked > 5*time.Second {
		t.Errorf("asked with %s to answer: %v", api.asked, err)
	}
}

func TestKeyIsReadOnceAndAgainAfterARefusal(t *testing.T) {
	s := holding("sk_test_old")
	key := secrets.NewKey(s, "the/secret")
	want := func(value string, calls int) {
		t.Helper()
		got, err := key.Key(t.Context())
		if err != nil || got != value || len(s.calls) != calls {
			t.Fatalf("got %q, %v after %d calls; want %q after %d", got, err, len(s.calls), value, calls)
		}
	}
	want("sk_test_old", 1)
	want("sk_test_old", 1)
	s.versions["AWSCURRENT"] = "sk_test_new"
	want("sk_test_old", 1)
	key.Refuse(t.Context(), "sk_test_old")
	if len(s.calls) != 1 {
		t.Fatal("a refusal reads the secret at once; the next attempt should")
	}
	want("sk_test_new", 2)
	key.Refuse(t.Context(), "sk_test_old") // a late answer to the old key
	want("sk_test_new", 2)
}

// clock is a time that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func signing(s *store) (*secrets.Signing, *clock, *bytes.Buffer) {
	c := &clock{at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	var log bytes.Buffer
	return secrets.NewSigning(s, "the/secret", slog.New(slog.NewTextHandler(&log, nil)), c.now), c, &log
}

func wantSecrets(t *testing.T, s *secrets.Signing, want ...string) {
	t.Helper()
	got, err := s.Secrets(t.Context())
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

func TestSigningSecretWithoutAPreviousVersion(t *testing.T) {
	for _, stored := range []string{"whsec_1", `{"signing_secret":"whsec_1"}`} {
		s, _, _ := signing(holding(stored))
		wantSecrets(t, s, "whsec_1")
	}
}

func TestBothVersionsCountWhileRotating(t *testing.T) {
	at := holding("whsec_1")
	s, clock, _ := signing(at)
	at.rotate(clock.at)
	wantSecrets(t, s, "whsec_2", "whsec_1")
}

func TestAnUnusablePreviousVersionIsPassedOver(t *testing.T) {
	at := holding("{}")
	s, clock, _ := signing(at)
	at.rotate(clock.at)
	wantSecrets(t, s, "whsec_2")
}

// A secret may have been replaced because it leaked, so it must not stay valid forever.
func TestThePreviousVersionCountsForAWeek(t *testing.T) {
	at := holding("whsec_1")
	s, clock, _ := signing(at)
	at.rotate(clock.at)
	clock.at = clock.at.Add(7*24*time.Hour - time.Second)
	wantSecrets(t, s, "whsec_2", "whsec_1")
	clock.at = clock.at.Add(10 * time.Minute)
	wantSecrets(t, s, "whsec_2")
}

func TestSigningSecretsAreCachedForMinutes(t *testing.T) {
	at := holding("whsec_1")
	s, clock, _ := signing(at)
	wantSecrets(t, s, "whsec_1")
	calls := len(at.calls)
	at.rotate(clock.at)
	clock.at = clock.at.Add(4 * time.Minute)
	wantSecrets(t, s, "whsec_1")
	if len(at.calls) != calls {
		t.Fatal("read again within five minutes")
	}
	clock.at = clock.at.Add(time.Minute)
	wantSecrets(t, s, "whsec_2", "whsec_1")
}

func TestARotationIsPickedUpByTheFirstSignatureThatDoesNotFit(t *testing.T) {
	at := holding("whsec_1")
	s, clock, _ := signing(at)
	wantSecrets(t, s, "whsec_1")
	clock.at = clock.at.Add(time.Minute)
	at.rotate(clock.at)
	got, isNew := s.Renewed(t.Context())
	if !isNew || !slices.Equal(got, []string{"whsec_2", "whsec_1"}) {
		t.Fatalf("got %q, %t", got, isNew)
	}
	clock.at = clock.at.Add(time.Minute)
	if _, isNew := s.Renewed(t.Context()); isNew {
		t.Error("the same secrets are called new")
	}
}

func TestForgedTrafficReadsTheSecretsOnceAMinute(t *testing.T) {
	at := holding("whsec_1")
	s, clock, _ := signing(at)
	wantSecrets(t, s, "whsec_1")
	calls := len(at.calls)
	for range 100 {
		if _, isNew := s.Renewed(t.Context()); isNew {
			t.Fatal("renewed at once after a read")
		}
	}
	if len(at.calls) != calls {
		t.Fatalf("%d calls by forged traffic in no time", len(at.calls)-calls)
	}
	clock.at = clock.at.Add(time.Minute)
	for range 100 {
		s.Renewed(t.Context())
	}
	if got := len(at.calls) - calls; got != 2 {
		t.Errorf("%d calls in a minute, want one for each version", got)
	}
}

func TestAFailingReadKeepsTheSecretsAtHand(t *testing.T) {
	at := holding("whsec_1")
	s, clock, log := signing(at)
	wantSecrets(t, s, "whsec_1")
	at.err = errors.New("throttled")
	calls := len(at.calls)
	clock.at = clock.at.Add(6 * time.Minute)
	wantSecrets(t, s, "whsec_1")
	wantSecrets(t, s, "whsec_1")
	if got := len(at.calls) - calls; got != 1 {
		t.Errorf("%d attempts in a minute, want 1", got)
	}
	if !strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "whsec") {
		t.Errorf("the log says %q", log)
	}
	if _, isNew := s.Renewed(t.Context()); isNew {
		t.Error("renewed by a failing read")
	}
}

// If the previous version cannot be read for a moment, it must stay in the cache.
func TestAHalfFailedReadChangesNothing(t *testing.T) {
	at := holding("whsec_1")
	s, clock, _ := signing(at)
	at.rotate(clock.at)
	wantSecrets(t, s, "whsec_2", "whsec_1")
	at.err, at.errOf = errors.New("throttled"), "AWSPREVIOUS"
	clock.at = clock.at.Add(6 * time.Minute)
	at.versions["AWSCURRENT"] = "whsec_3"
	wantSecrets(t, s, "whsec_2", "whsec_1")
	at.err = nil
	clock.at = clock.at.Add(time.Minute)
	wantSecrets(t, s, "whsec_3", "whsec_1")
}

func TestNoSigningSecretAtHand(t *testing.T) {
	s, _, _ := signing(holding(""))
	got, err := s.Secrets(t.Context())
	if !errors.Is(err, secrets.ErrMissing) || len(got) != 0 || !strings.Contains(err.Error(), `"signing_secret"`) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	keys, at := holding("sk_test_1"), holding("whsec_1")
	key := secrets.NewKey(keys, "the/secret")
	s, _, _ := signing(at)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			value, err := key.Key(t.Context())
			if err != nil || value != "sk_test_1" {
				t.Errorf("key: %q, %v", value, err)
			}
			key.Refuse(t.Context(), "another")
			if got, err := s.Secrets(t.Context()); err != nil || len(got) != 1 {
				t.Errorf("signing: %q, %v", got, err)
			}
			s.Renewed(t.Context())
		})
	}
	all.Wait()
	if len(keys.calls) != 1 || len(at.calls) != 2 {
		t.Errorf("%d and %d calls by 20 workers, want one for the key and one for each version of the signing secret", len(keys.calls), len(at.calls))
	}
}
