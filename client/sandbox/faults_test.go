package sandbox_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/client/sandbox"
)

func TestParseFaults(t *testing.T) {
	for text, want := range map[string]sandbox.Faults{
		"":                {Status: map[int]float64{}},
		"cut=0.1, seed=7": {Cut: 0.1, Seed: 7, Status: map[int]float64{}},
		"commit-then-cut=0.2,cut=0.1,503=0.1,truncate=0.05,html=0.05,slow=0.01,lag=2s,late-commit=5s,expire-after=300": {
			CommitThenCut: 0.2, Cut: 0.1, Status: map[int]float64{503: 0.1}, Truncate: 0.05, HTML: 0.05, Slow: 0.01,
			Lag: 2 * time.Second, LateCommit: 0.05, LateBy: 5 * time.Second, ExpireAfter: 300,
		},
		"late-commit=5s":         {LateCommit: 0.05, LateBy: 5 * time.Second, Status: map[int]float64{}},
		"late-commit=0.5:1m":     {LateCommit: 0.5, LateBy: time.Minute, Status: map[int]float64{}},
		"slow=0.01":              {Slow: 0.01, Status: map[int]float64{}},
		"slow=0":                 {Status: map[int]float64{}},
		"429=0.9,retry-after=-1": {Status: map[int]float64{429: 0.9}, RetryAfter: "-1"},
		"commit-then-cut=0.2,cut=0.1,503=0.1,truncate=0.05,html=0.05,slow=0.01,lag=2s,late-commit=0.1:5s,expire-after=300": {
			CommitThenCut: 0.2, Cut: 0.1, Status: map[int]float64{503: 0.1}, Truncate: 0.05, HTML: 0.05, Slow: 0.01,
			Lag: 2 * time.Second, LateCommit: 0.1, LateBy: 5 * time.Second, ExpireAfter: 300,
		},
	} {
		got, err := sandbox.ParseFaults(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
	for text, want := range map[string]string{
		"crash=1":           `fault "crash=1": there is no such fault`,
		"200=1":             "no such fault",
		"=1":                "no such fault",
		"cut":               "want a share",
		"cut=2":             "want a share",
		"cut=NaN":           "want a share",
		"html=-0.1":         "want a share",
		"lag=2":             "want a time",
		"lag=-2s":           "want a time",
		"slow=fast":         "want a share, a time or both",
		"slow=0.1:fast":     "want a time",
		"seed=-1":           "want a whole number",
		"expire-after=0":    "want a number of requests",
		"cut=0.6,html=0.6":  "add up to 1.2",
		"503=0.7,500=0.31":  "add up to 1.01",
		"late-commit=1m:1m": "want a share, a time or both",
	} {
		if _, err := sandbox.ParseFaults(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add("cut=0.1,503=0.2,slow=0.1:3s,lag=1s,seed=3")
	f.Add("late-commit=5s,,retry-after==,")
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := sandbox.ParseFaults(text)
		if err != nil {
			return
		}
		sum := faults.Cut + faults.CommitThenCut + faults.HTML + faults.Truncate + faults.Slow + faults.LateCommit
		for _, share := range faults.Status {
			sum += share
		}
		if !(sum >= 0 && sum <= 1.000001) || faults.Lag < 0 || faults.LateBy < 0 || faults.SlowFor < 0 {
			t.Errorf("%q was taken as %+v", text, faults)
		}
	})
}

// A remote is a sandbox that is served over pipes.
type remote struct {
	*sandbox.Server
	t        *testing.T
	client   *http.Client
	campaign string
}

func serve(t *testing.T, config sandbox.Config) remote {
	t.Helper()
	s, _ := open(t, config)
	transport, stop := sandbox.Pipe(s.Handler())
	t.Cleanup(stop)
	return remote{s, t, &http.Client{Transport: transport}, demo(t, s)}
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet }

func (r remote) faults(f sandbox.Faults) {
	r.t.Helper()
	if err := r.SetFaults(f); err != nil {
		r.t.Fatal(err)
	}
}

// do sends a request, and answers status and body, or why there is none.
func (r remote) do(method, path, body string) (answer, error) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), method, "http://localhost"+sandbox.BasePath+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	q.Header.Set("Content-Type", "application/json")
	response, err := r.client.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

func (r remote) create(i int) (answer, error) {
	r.t.Helper()
	return r.do("POST", ordersPath(r.campaign), fmt.Sprintf(`{"record":{"phoneNumber":%q}}`, number(i)))
}

// committed answers the numbers that were created, and wants none twice.
func (r remote) committed() map[string]bool {
	r.t.Helper()
	journal, err := r.Journal(0)
	if err != nil {
		r.t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, c := range journal {
		if numbers[c.PhoneNumber] {
			r.t.Errorf("%s was committed twice", c.PhoneNumber)
		}
		numbers[c.PhoneNumber] = true
	}
	return numbers
}

func TestCut(t *testing.T) {
	r := serve(t, sandbox.Config{Faults: sandbox.Faults{Cut: 1}})
	for i := range 20 {
		if got, err := r.create(i); err == nil {
			t.Errorf("answered %+v", got)
		}
	}
	if n := len(r.committed()); n != 0 || r.Met()["cut"] != 20 {
		t.Errorf("%d committed, met %v", n, r.Met())
	}
	r.faults(sandbox.Faults{})
	if got, err := r.create(0); err != nil || got.status != 201 {
		t.Errorf("healed: %+v, %v", got, err)
	}
}

func TestCommitThenCut(t *testing.T) {
	now := time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC) // all answers are of one length
	s, _ := open(t, sandbox.Config{Faults: sandbox.Faults{CommitThenCut: 1}, Clock: func() time.Time { return now }})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	campaign := demo(t, s)
	const n = 40
	lengths := map[int]int{}
	for i := range n {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		body := fmt.Sprintf(`{"record":{"phoneNumber":%q}}`, number(i))
		fmt.Fprintf(conn, "POST /api%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sandbox\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			ordersPath(campaign), len(body), body)
		text, _ := io.ReadAll(conn)
		conn.Close()
		lengths[len(text)]++
		if response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(text))), nil); err == nil {
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
			if err == nil {
				t.Errorf("the answer is complete: %q", text)
			}
		}
	}
	sizes := slices.Sorted(maps.Keys(lengths))
	if len(sizes) != 4 || sizes[0] != 0 || sizes[1] != 1 || sizes[3] < 2*sizes[2]-1 {
		t.Errorf("answers by length: %v; want none, one byte, half and all but one", lengths)
	}
	journal, err := s.Journal(0)
	if err != nil || len(journal) != n {
		t.Errorf("%d commits, %v; want %d", len(journal), err, n)
	}
}

// Reads are not cut by commit-then-cut: what was committed can be found.
func TestCommitThenCutLeavesReads(t *testing.T) {
	r := serve(t, sandbox.Config{Faults: sandbox.Faults{CommitThenCut: 1}})
	if _, err := r.create(1); err == nil {
		t.Error("a create was answered")
	}
	got, err := r.do("GET", ordersPath(r.campaign), "")
	if err != nil || decode[orderPage](got, t).Total != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStatusFaults(t *testing.T) {
	for status, want := range map[int]struct {
		contentType string
		some        bool // are committed
	}{
		429: {"application/json", false},
		418: {"application/json", false},
		500: {"application/json", true},
		502: {"text/html", true},
		503: {"application/json", true},
	} {
		r := serve(t, sandbox.Config{Faults: sandbox.Faults{Status: map[int]float64{status: 1}, RetryAfter: "7"}})
		const n = 30
		for i := range n {
			got, err := r.create(i)
			if err != nil || got.status != status || !strings.HasPrefix(got.header.Get("Content-Type"), want.contentType) {
				t.Fatalf("%d: %+v, %v", status, got, err)
			}
			if has := got.header.Get("Retry-After") == "7"; has != (status == 429 || status == 503) {
				t.Errorf("%d: Retry-After %q", status, got.header.Get("Retry-After"))
			}
		}
		committed := len(r.committed())
		if want.some != (committed > 0) || committed == n {
			t.Errorf("%d: %d of %d committed", status, committed, n)
		}
	}
}

func TestUnreadableAnswers(t *testing.T) {
	r := serve(t, sandbox.Config{})
	const n = 20
	r.faults(sandbox.Faults{HTML: 1})
	for i := range n {
		if got, err := r.create(i); err != nil || got.status != 200 || !strings.HasPrefix(got.body, "<!DOCTYPE html>") {
			t.Errorf("html: %+v, %v", got, err)
		}
	}
	html := len(r.committed())
	if html == 0 || html == n {
		t.Errorf("html: %d of %d committed; want some", html, n)
	}
	r.faults(sandbox.Faults{Truncate: 1})
	for i := range n {
		if got, err := r.create(n + i); err != nil || got.status != 201 || json.Valid([]byte(got.body)) || got.body == "" {
			t.Errorf("truncate: %+v, %v", got, err)
		}
	}
	if got := len(r.committed()); got != html+n {
		t.Errorf("truncate: %d committed; want %d", got-html, n)
	}
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := serve(t, sandbox.Config{Faults: sandbox.Faults{Slow: 1, SlowFor: 3 * time.Second}})
		for i := range 10 {
			begun := time.Now()
			got, err := r.create(i)
			if took := time.Since(begun); err != nil || got.status != 201 || took != 3*time.Second {
				t.Errorf("%+v, %v after %v", got, err, took)
			}
			decode[sandbox.Order](got, t)
		}
		r.client.Timeout = time.Second
		if got, err := r.create(10); err == nil {
			t.Errorf("answered %+v in time", got)
		}
		if n := len(r.committed()); n != 11 {
			t.Errorf("%d committed; want 11, the one that nobody waited for, too", n)
		}
	})
}

func TestLateCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := serve(t, sandbox.Config{Faults: sandbox.Faults{LateCommit: 1, LateBy: 5 * time.Second}})
		seen := map[string]bool{}
		for i := range 12 {
			before, begun := len(r.committed()), time.Now()
			got, err := r.create(i)
			switch took := time.Since(begun); {
			case err != nil && took == 0:
				seen["never"] = true
			case err == nil && got.status == 504 && took == 0:
				seen["at once"] = true
			case err == nil && got.status == 201 && took == 5*time.Second:
				seen["after"] = true
				continue
			default:
				t.Errorf("%+v, %v after %v", got, err, took)
			}
			time.Sleep(5*time.Second - time.Millisecond)
			if n := len(r.committed()); n != before {
				t.Errorf("%d committed before their time", n-before)
			}
			time.Sleep(2 * time.Millisecond)
			synctest.Wait()
			if n := len(r.committed()); n != before+1 {
				t.Errorf("%d committed; want one", n-before)
			}
		}
		if len(seen) != 3 {
			t.Errorf("answered %v; want all three ways", seen)
		}
		r.client.Timeout = time.Second
		for i := range 6 {
			_, _ = r.create(12 + i)
		}
		r.Settle()
		if n := len(r.committed()); n != 18 {
			t.Errorf("%d committed; want 18, whether the client waited or not", n)
		}
		_, _ = r.create(18) // is dropped with the server
	})
}

func TestLag(t *testing.T) {
	for _, file := range []bool{false, true} {
		t.Run(fmt.Sprintf("file %v", file), func(t *testing.T) {
			path := ""
			if file {
				path = filepath.Join(t.TempDir(), "sandbox.db")
			}
			synctest.Test(t, func(t *testing.T) { lags(t, path) })
		})
	}
}

func lags(t *testing.T, path string) {
	r := serve(t, sandbox.Config{Path: path})
	total := func(want int) {
		t.Helper()
		got, err := r.do("GET", ordersPath(r.campaign)+"?status=registered", "")
		if p := decode[orderPage](got, t); err != nil || p.Total != want || len(p.Orders) != want {
			t.Errorf("%d of %d, %v; want %d", len(p.Orders), p.Total, err, want)
		}
	}
	if _, err := r.create(0); err != nil {
		t.Fatal(err)
	}
	r.faults(sandbox.Faults{Lag: 2 * time.Second})
	total(1) // what was there is there
	got, err := r.create(1)
	if err != nil || got.status != 201 {
		t.Fatal(got, err)
	}
	o := decode[sandbox.Order](got, t)
	total(1)
	if got, err := r.do("GET", "/records/"+o.Record.UUID, ""); err != nil || got.status != 404 {
		t.Errorf("a record that cannot be seen yet: %+v, %v", got, err)
	}
	// Writes are not behind.
	for _, status := range []string{"planned", "registered"} {
		if got, err := r.do("PATCH", ordersPath(r.campaign)+"/"+o.UUID, `{"status":"`+status+`"}`); err != nil || got.status != 200 {
			t.Errorf("an update at once: %+v, %v", got, err)
		}
	}
	third, err := r.AddOrder(sandbox.Order{CampaignUUID: r.campaign, Record: sandbox.Record{PhoneNumber: number(2)}})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	if got, err := r.do("DELETE", ordersPath(r.campaign)+"/"+o.UUID, ""); err != nil || got.status != 204 {
		t.Errorf("a removal at once: %+v, %v", got, err)
	}
	associate := fmt.Sprintf(`{"recordUuids":[%q,%q]}`, o.Record.UUID, third.Record.UUID)
	again, err := r.do("POST", ordersPath(r.campaign)+"/associate", associate)
	if err != nil || again.status != 200 {
		t.Fatal(again, err)
	}
	total(1)
	time.Sleep(time.Second)
	total(3)
	time.Sleep(time.Second)
	total(3)
	seen, err := r.do("GET", ordersPath(r.campaign), "")
	if err != nil {
		t.Fatal(err)
	}
	orders, err := r.Orders(r.campaign)
	if err != nil {
		t.Fatal(err)
	}
	var behind, ahead []string
	for _, o := range decode[orderPage](seen, t).Orders {
		behind = append(behind, o.UUID)
	}
	for _, o := range orders {
		ahead = append(ahead, o.UUID)
	}
	if diff := cmp.Diff(ahead, behind); diff != "" {
		t.Errorf("what is read when all is old enough (-database +read):\n%s", diff)
	}
	if _, err := r.create(3); err != nil {
		t.Fatal(err)
	}
	r.faults(sandbox.Faults{})
	total(4)
}

func TestExpireAfter(t *testing.T) {
	r := serve(t, sandbox.Config{Faults: sandbox.Faults{ExpireAfter: 3}})
	for i := range 5 {
		got, err := r.create(i)
		if want := map[bool]int{true: 201, false: 401}[i < 3]; err != nil || got.status != want {
			t.Errorf("request %d: %+v, %v; want %d", i+1, got, err, want)
		}
	}
	if n := len(r.committed()); n != 3 || r.Met()["expired"] != 2 {
		t.Errorf("%d committed, met %v", n, r.Met())
	}
}

func TestMatch(t *testing.T) {
	r := serve(t, sandbox.Config{Faults: sandbox.Faults{Status: map[int]float64{503: 1}, Match: isWrite}})
	if got, err := r.create(1); err != nil || got.status != 503 {
		t.Errorf("%+v, %v; want 503", got, err)
	}
	if got, err := r.do("GET", "/campaigns", ""); err != nil || got.status != 200 {
		t.Errorf("%+v, %v; want 200", got, err)
	}
}

// The same seed makes the same faults; all of them together make no commit
// that is not in the campaign, and none twice.
func TestMixed(t *testing.T) {
	run := func(seed uint64) (what string) {
		synctest.Test(t, func(t *testing.T) {
			faults, err := sandbox.ParseFaults("commit-then-cut=0.2,cut=0.1,503=0.1,429=0.1,truncate=0.05,html=0.05,slow=0.05,late-commit=0.1,lag=2s")
			if err != nil {
				t.Fatal(err)
			}
			faults.Seed = seed
			r := serve(t, sandbox.Config{Faults: faults})
			var outcomes strings.Builder
			for i := range 150 {
				switch got, err := r.create(i); {
				case err == nil:
					fmt.Fprint(&outcomes, got.status, " ")
				case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "EOF"),
					strings.Contains(err.Error(), "malformed"), errors.Is(err, io.ErrClosedPipe):
					outcomes.WriteString("cut ")
				default:
					t.Errorf("request %d: %v", i, err)
				}
			}
			r.Settle()
			committed := r.committed()
			orders, err := r.Orders(r.campaign)
			if err != nil || len(orders) != len(committed) {
				t.Errorf("%d orders of %d commits, %v", len(orders), len(committed), err)
			}
			if len(r.Met()) != 8 {
				t.Errorf("met %v; want all eight", r.Met())
			}
			what = fmt.Sprint(outcomes.String(), r.Met(), len(committed))
		})
		return what
	}
	first := run(1)
	if again := run(1); again != first {
		t.Errorf("the same seed made\n%s\nand\n%s", first, again)
	}
	if other := run(2); other == first {
		t.Error("another seed made the same faults")
	}
}

func TestSharesInCode(t *testing.T) {
	s, _ := open(t, sandbox.Config{})
	for _, faults := range []sandbox.Faults{
		{Cut: 0.7, HTML: 0.7}, {Slow: -1}, {Status: map[int]float64{200: 1}},
	} {
		if err := s.SetFaults(faults); err == nil {
			t.Errorf("%+v were taken", faults)
		}
	}
}
