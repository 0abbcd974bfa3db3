package dispute_test

import (
	"os"
	"testing"

	"disputecloser/shared/dispute"
)

func BenchmarkParse(b *testing.B) {
	raw, err := os.ReadFile("testdata/sample.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dispute.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}
