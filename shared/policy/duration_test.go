package policy_test

import (
	"testing"
	"time"

	"disputecloser/shared/policy"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"24h": 24 * time.Hour, "1h30m": 90 * time.Minute, "1h30m15s": time.Hour + 30*time.Minute + 15*time.Second,
		"90m": 90 * time.Minute, "0h": 0, "0s": 0, "-48h": -48 * time.Hour, "-1m30s": -90 * time.Second, "007h": 7 * time.Hour,
		"2562047h": 2562047 * time.Hour, "1h99s": time.Hour + 99*time.Second,
	} {
		got, err := policy.ParseDuration(text)
		if err != nil || time.Duration(got) != want {
			t.Errorf("%q is %v, %v; want %v", text, time.Duration(got), err, want)
		}
		back, err := policy.ParseDuration(got.String())
		if err != nil || back != got {
			t.Errorf("%q is written %q and read back as %v, %v", text, got, back, err)
		}
	}
	for _, text := range []string{"", "-", "h", "24", "1d", "1.5h", "1 h", "1h 30m", "30m1h", "1h1h", "+1h", "--1h", "1h-30m",
		"1H", "100ms", "1h30", "2562048h", "9223372036854775808s", "2562047h60m", "１h", "1h\n", "ms", "1m0h"} {
		if got, err := policy.ParseDuration(text); err == nil {
			t.Errorf("%q is read as %v", text, time.Duration(got))
		}
	}
}

func TestCodesAreEqualWhateverTheirMarks(t *testing.T) {
	for _, equal := range [][2]string{{"10.4", "104"}, {"C-08", "c08"}, {"Not Received", "NOT_RECEIVED"}, {"ÉTÉ", "été"}, {"K", "\u212a"}, {"ß-1", "ẞ1"}} {
		if !policy.CodeOf(equal[0]).Equal(policy.CodeOf(equal[1])) {
			t.Errorf("%q and %q are different codes", equal[0], equal[1])
		}
	}
	for _, different := range [][2]string{{"10.4", "1.05"}, {"", ""}, {"-", "."}, {"a", "b"}} {
		if policy.CodeOf(different[0]).Equal(policy.CodeOf(different[1])) {
			t.Errorf("%q and %q are equal codes", different[0], different[1])
		}
	}
}
