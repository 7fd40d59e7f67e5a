#!/bin/sh
# axicat against a simulated site over TLS: every group of options, every exit code, recordings sent again and served,
# validation, and that no password and no secret gets where it does not belong.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work axicat

export AXICAT_KNOWN="$work/known" AXICAT_USER=omm
unset AXICAT_PASSWORD
a="$B/bin/axicat"
serve_pid='' follow_pid=''

ends() { # status axicat-arguments…: what it prints is in out and err
    expected=$1 status=0
    shift
    timeout 60 "$a" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    cat "$work/out" "$work/err" >>"$work/all.log"
    [ "$status" = "$expected" ] || { echo "ended with $status"; cat "$work/out" "$work/err"; return 1; }
}
prints() { grep -qF -- "$1" "$work/out"; }
says() { grep -qF -- "$1" "$work/err"; }
silent() { [ ! -s "$work/out" ]; }
lines_are() { [ "$(wc -l <"$work/out")" = "$1" ]; }
has() { grep -qF -- "$2" "$1"; }
not() { ! "$@"; }
fed() { # text status axicat-arguments…: with the text on standard input
    text=$1 expected=$2 status=0
    shift 2
    printf '%b' "$text" | timeout 60 "$a" "$@" >"$work/out" 2>"$work/err" || status=$?
    [ "$status" = "$expected" ] || { echo "ended with $status"; cat "$work/out" "$work/err"; return 1; }
}
json_is_valid() { # every line of a file; without python3 by its look
    if command -v python3 >/dev/null; then
        python3 -c 'import json, sys
for line in open(sys.argv[1]): assert isinstance(json.loads(line), dict)' "$1"
    else
        [ -s "$1" ] && ! grep -qv '^{.*}$' "$1"
    fi
}

# --- without a connection
check "no arguments" ends 2
check "help" ends 0 --help
check "tells the exit codes" prints "5 time-out"
check "version" ends 0 --version
check "an unknown option" ends 2 --timout 3
check "with the one that was meant" says "did you mean --timeout?"
check "checks that exclude each other" ends 2 --insecure --plain h
check "--compare without --replay" ends 2 --compare h
check "a bad number" ends 2 --window 0 h
check "tells which are good" says 'a number from 1 to 200, not "0"'
check "a bad time" ends 2 --timeout never h
check "tells how one is written" says '2min, not "never"'
check "a bad port" ends 2 h:99999 Ping
check "a name that is not known" ends 2 h GetPPUzer
check "with the one that was meant" says 'did you mean "GetPPUser"'
check "an attribute" ends 2 h GetPPUser uuid=1
check "with the one that was meant" says 'did you mean "uid"'
check "an element" ends 2 h SetPPUser usr.uid=1
check "with the one that was meant" says 'did you mean "user"'
check "a value of another form" ends 2 h GetPPUser uid=one
check "a number out of range" ends 2 h GetPPUser uid=99999999999
check "tells the range" says "to 2147483647"
check "an attribute without a value" ends 2 h GetPPUser uid
check "tells how it is written" says "uid=VALUE"
check "a value of no enumeration" ends 2 h Subscribe +e cmd=Maybe eventType=PPDevCnf
check "XML that is none" ends 2 h '<GetPPUser uid=1/>'
check "JSON that is none" ends 2 h '{"message":"Ping",}'
check "no event type" ends 2 --subscribe PPDefCnf h
check "with the one that was meant" says 'did you mean "PPDevCnf"'
check "no filter of it" ends 2 --subscribe PPDevCnf:uid=1 h
check "no table" ends 2 --all GetVersions h
check "a table with what is not known" ends 2 --all 'GetRFP withDetail=1' h
check "with the one that was meant" says 'did you mean "withDetails"'
check "a message where a host has to be" ends 2 uid=1 h
check "is told" says "the host comes first"
check "an authority that is not there" ends 2 --tls-ca "$work/none" --password-file "$work/omm.password" h Ping
check "tells why" says "$work/none: No such file"
check "a password that is not there" ends 2 --password-file "$work/none" 127.0.0.1:1 Ping

# --- the catalogue
check "a request" ends 0 --describe GetPPUser
check "its permission" prints "permission: AllCnfRead"
check "a record, an enumeration and an event type" ends 0 --describe PPUserType CmdType PPDevCnf
check "secrets are marked" prints "secret"
check "a range" ends 0 --describe SetDECTSubscriptionMode
check "is told" prints "0..60"
check "a name that is none" ends 2 --describe GetPPUsers
check "with the one that was meant" says 'did you mean "GetPPUser"'
check "of an event type" ends 2 --describe ppdevcnf
check "with the one that was meant" says 'did you mean "PPDevCnf"'
check "lists" ends 0 --list
for list in $("$a" --list); do
    [ "$list" = attributes ] || [ "$list" = values ] || check "list of $list" ends 0 --list "$list"
done
check "attributes" ends 0 --list attributes SetPPUser
check "of children too" prints "user.sipPw="
check "values of an enumeration" ends 0 --list values SetPPUser user.forwardState
check "all of them" prints BusyNoAnswer
check "of nothing" ends 2 --list values SetPPUser usr.forwardState
check "no such list" ends 2 --list request

# --- validation
samples=tests/axi/samples
printf '<GetPPUser uid="1"/>\n\n<GetPPUser uid="x"\n  uuid="2"/>\n' >"$work/bad.xml"
printf '<GetPPUser uid="1">' >"$work/open.xml"
check "a good file" ends 0 --validate $samples/GetPPUser.page.xml
check "prints nothing" silent
check "a bad one" ends 1 --validate "$work/bad.xml"
check "with places and rules" prints "bad.xml:3:12: /GetPPUser/@uid:"
check "of the second line too" prints "bad.xml:4:3: /GetPPUser/@uuid:"
check "as JSON" ends 1 --json --validate "$work/bad.xml"
check "valid JSON" json_is_valid "$work/out"
check "has the rule's name" prints '"rule":"unknown-attribute"'
check "only the code" ends 1 --quiet --validate "$work/bad.xml"
check "nothing else" silent
check "a file that is not there" ends 2 --validate "$work/none.xml"
check "a message without an end" ends 2 --validate "$work/open.xml"
i=0
while [ $i -lt 50 ]; do printf '\177ELF\001<\377>\n{"\200\000' && i=$((i + 1)); done >"$work/bytes"
check "bytes of any kind" ends 2 --validate "$work/bytes"
check "end soon" says "the rest is not looked at"
check "unreadable goes before findings" ends 2 --validate "$work/bad.xml" "$work/none.xml"
check "standard input" fed '<Ping/>\0<Ping/>' 0 --validate -

# --- connecting
check "an IPv6 address" ends 3 --password-file "$work/omm.password" '[::1]:1' Ping
check "is told in brackets" says '[::1]:1:'
check "nobody listens" ends 3 --password-file "$work/omm.password" 127.0.0.1:1 Ping
check "is said once" [ "$(grep -o 127.0.0.1 "$work/err" | wc -l)" = 1 ]
check "no such host" ends 3 --password-file "$work/omm.password" --connect-timeout 20 host.invalid Ping
start_ommsim --users 45 --release 8.1
omm=127.0.0.1:$(site_port 1)
check "an unknown server sees no password" ends 3 --password-file "$work/omm.password" "$omm" Ping
check "its fingerprint is told" says "--pin"
pin=$(sed -n 's/.*--pin \([0-9a-f]*\),.*/\1/p' "$work/err")
check "pinned" ends 0 --pin "$pin" --password-file "$work/omm.password" "$omm" Ping
check "with colons" ends 0 --pin "$(echo "$pin" | sed 's/../&:/g; s/:$//')" --password-file "$work/omm.password" "$omm" Ping
check "another certificate" ends 3 --pin "$(echo "$pin" | tr 0-9a-f 1-9a-f0)" --password-file "$work/omm.password" "$omm" Ping
check "any" ends 0 --insecure --password-file "$work/omm.password" "$omm" Ping
check "static RSA is not what this server has" ends 3 --insecure --tls-legacy --password-file "$work/omm.password" "$omm" Ping
check "TLS is not plain" ends 6 --plain --timeout 2 --password-file "$work/omm.password" "$omm" Ping
check "is hinted at" says "leave --plain out"
check "remembered" ends 0 --trust --password-file "$work/omm.password" "$omm" Ping
check "is told, with the fingerprint" says "$pin"
check "and known" ends 0 --password-file "$work/omm.password" "$omm" Ping
check "the list is nobody else's" [ "$(stat -c %a "$work/known")" = 600 ]
sed "s/ [0-9a-f]*$/ $(echo "$pin" | tr 0-9a-f 1-9a-f0)/" "$work/known" >"$work/changed"
AXICAT_KNOWN=$work/changed
check "a changed certificate" ends 3 --password-file "$work/omm.password" "$omm" Ping
check "says what to do" says "take the server's line out of $work/changed"
check "is not trusted again" ends 3 --trust --password-file "$work/omm.password" "$omm" Ping
AXICAT_KNOWN=$work/known
check "no password" ends 2 "$omm" Ping
printf 'not-the-passw0rd\n' >"$work/wrong.password"
check "a wrong password" ends 4 --password-file "$work/wrong.password" "$omm" Ping
check "is a refused login" says "EAuth (wrong user or password)"
check "another user" ends 4 --password-file "$work/omm.password" "nobody@$omm" Ping
check "the user of the environment is overruled" ends 4 --password-file "$work/omm.password" "reader@$omm" Ping
export AXICAT_PASSWORD=omm
check "the password of the environment" ends 0 "$omm" Ping
check "a protocol version that it has not" ends 4 --protocol 44 "$omm" Ping
check "one that it has" ends 0 --protocol 45 --omp "$omm" Ping

# --- messages
check "the short form" ends 0 "$omm" GetPPUser uid=1 maxRecords=3
check "as XML in one line" lines_are 1
check "three users" [ "$(grep -o '<user ' "$work/out" | wc -l)" = 3 ]
check "in one argument" ends 0 "$omm" 'GetPPUser uid=1'
check "XML" ends 0 "$omm" '<GetPPUser uid="1"/><Ping/>'
check "two answers" lines_are 2
check "an errCode" ends 1 "$omm" GetPPUser uid=4711 Ping
check "is printed, and what follows it" lines_are 2
check "or not" ends 1 --stop-on-error "$omm" GetPPUser uid=4711 Ping
check "one answer" lines_are 1
check "what the catalogue does not know" ends 1 --unchecked "$omm" GetNonsense a=1
check "quiet" ends 1 --quiet "$omm" GetPPUser uid=4711
check "prints nothing" silent
check "an answer is no request" ends 2 "$omm" '<PingResp/>'
check "neither is a login" ends 2 "$omm" '<Open username="omm" password="omm"/>'
check "a table" ends 0 --all GetPPUser "$omm"
check "has all users" [ "$(grep -o '<user ' "$work/out" | wc -l)" = 45 ]
check "from an id on" ends 0 --all 'GetPPUser uid=40' "$omm"
check "has the users behind it only" not has "$work/out" 'uid="39"'
check "and all of them" has "$work/out" 'num="20045"'
check "with a window" ends 0 --window 8 --all GetPPDev --all GetPPUser "$omm" Ping
printf '# a comment\nGetPPUser uid=1\n<Ping/>\n\n<GetPPUser\n uid="2"/><Ping/>{"message":"Ping"}\n' >"$work/messages"
check "a file" ends 0 -f "$work/messages" "$omm"
check "has five" lines_are 5
check "standard input" fed 'GetPPUser uid=1\n<Ping/>\0<Ping/>' 0 "$omm" -
check "has three" lines_are 3
check "a bad line" fed 'Ping\nGetPPUser uid=\nPong\nPing\n' 2 "$omm" -
check "has its place" says "standard input:3:1:"
check "what came before was sent" prints "PingResp"
check "no file" ends 2 -f "$work/none" "$omm"
check "a folder" ends 2 -f "$work" "$omm"
check "a change" ends 0 "$omm" SetPPUser user.uid=2 'user.name=Änne "Übel"'
check "arrives" has "$work/out" 'name="Änne &quot;Übel&quot;"'
check "two children" ends 0 --sync "$omm" Subscribe +e cmd=On eventType=PPDevCnf ppn=-1 +e cmd=Off eventType=PPUserCnf uid=1

# --- output
check "JSON" ends 0 --json "$omm" GetPPUser uid=1 GetVersions Limits
check "is valid" json_is_valid "$work/out"
check "numbers are numbers" prints '"uid":1,'
check "texts are texts" prints '"num":"20001"'
check "booleans are booleans, and go back as words" prints '"booleans":"words"'
cp "$work/out" "$work/answers.json"
check "what was printed is valid" ends 0 --validate "$work/answers.json"
check "and can be fed back: nothing of it is a request" ends 0 -f "$work/answers.json" "$omm"
check "nothing came" silent
check "pretty" ends 0 --pretty "$omm" GetPPUser uid=1
check "indents" has "$work/out" '  <user uid="1"'
check "keeps to the width" not grep -q '.\{110\}' "$work/out"
check "without colours where there is no terminal" not grep -q "$(printf '\033')" "$work/out"
check "can be sent" ends 0 --validate "$work/out"
check "verbose" ends 0 -v "$omm" Ping
check "shows what is sent" prints "<Open "
check "without the password" prints 'password="***"'
full() { # device axicat-arguments…
    device=$1 status=0
    shift
    "$a" "$@" >"$device" 2>"$work/err" </dev/null || status=$?
    [ $status = 2 ]
}
if [ -c /dev/full ]; then
    check "output that cannot be written" full /dev/full --json "$omm" --all GetPPUser
    check "says why" says "No space left"
    check "of lists" full /dev/full --list requests
    check "says why" says "No space left"
    check "goes before findings" full /dev/full --validate "$work/bad.xml"
fi
closed() { # axicat-arguments…
    status=0
    "$a" "$@" >&- 2>"$work/err" </dev/null || status=$?
    [ $status = 2 ]
}
check "an output that is closed" closed "$omm" Ping
check "is told" says "the output cannot be written"
check "of lists" closed --list requests
closed_site() {
    "$B/bin/ommsim" --base-port 0 --plain --ctl "$work/closed.ctl" >&- 2>"$work/err" </dev/null &
    closed_pid=$!
    wait_for 20 "$B/bin/ommsim" ctl "$work/closed.ctl" quit || return 1 # the socket is there before somebody listens
    wait "$closed_pid"
}
check "of a simulated site" closed_site
many="--all GetPPUser --all GetPPUser --all GetPPUser --all GetPPUser"
reader_leaves() { { "$a" $many $many "$omm" 2>"$work/err" </dev/null || echo $? >"$work/status"; } | head -n 1 >"$work/out"; }
check "a reader that goes away" reader_leaves
check "is no news" [ ! -s "$work/err" ]
check "but an end" grep -q '^2$' "$work/status"

# --- secrets
secret=geheim-4711-pw
check "a secret" ends 0 -v --record "$work/secret.rec" "$omm" SetPPUser user.uid=3 "user.sipPw=$secret"
check "arrives in clear" sh -c "'$B/bin/ommsim' ctl '$work/ommsim.ctl' dump 1 | grep -q '\"sipPw\" *: *\"$secret\"'"
check "is shown nowhere" not has "$work/out" "$secret"
check "is recorded nowhere" not has "$work/secret.rec" "$secret"
check "not even encrypted" has "$work/secret.rec" '"sipPw":"***"'
check "the recording is nobody else's" [ "$(stat -c %a "$work/secret.rec")" = 600 ]
check "shown" ends 0 -v --show-secrets "$omm" SetPPUser user.uid=3 "user.sipPw=$secret"
check "is what was sent: encrypted" not has "$work/out" "$secret"
cipher=$(sed -n '/<SetPPUser/,/<\/SetPPUser>/s/.*sipPw="\([^"]*\)".*/\1/p' "$work/out" | head -n 1)
check "base64 of the key's length" [ "${#cipher}" = 88 ]
check "but never the password of a login" prints 'password="***"'
check "sent again as it is" ends 0 "$omm" SetPPUser user.uid=4 "user.sipPw=$cipher"
check "has the same meaning" [ "$("$B/bin/ommsim" ctl "$work/ommsim.ctl" dump 1 | grep -c "$secret")" = 2 ]
check "in clear" ends 0 --plain-secrets --show-secrets -v "$omm" SetPPUser user.uid=5 user.sipPw=klartext-77
check "is in clear" prints 'sipPw="klartext-77"'
check "too long for the key" ends 2 "$omm" SetPPUser user.uid=3 "user.sipPw=$(printf '%060d' 0)"
check "is told by name only" says "sipPw cannot be encrypted"

# --- events
check "none in time" ends 5 --subscribe PPUserCnf --count 1 --for 0.3 "$omm"
check "without a count that is the end" ends 0 --follow --for 0.2 "$omm"
timeout 60 "$a" --record "$work/events.rec" --subscribe PPUserCnf:uid=2 --count 2 "$omm" >"$work/events" 2>"$work/events.err" </dev/null &
follow_pid=$!
subscribed() { has "$work/events.rec" SubscribeResp; }
wait_for 20 subscribed
sim edit 1 20003 name=Other >/dev/null
sim edit 1 20002 name=First >/dev/null
sim edit 1 20002 name=Second >/dev/null
check "two events end it" wait "$follow_pid"
check "of that user" [ "$(grep -c 'uid="2"' "$work/events")" = 2 ]
AXICAT_PASSWORD=reader
check "no permission" ends 1 --subscribe PPState --for 5 "reader@$omm"
check "is told" prints 'eventType="PPState"'
AXICAT_PASSWORD=omm

# --- what can go wrong
sim fault 1 mute >/dev/null
check "no answer" ends 5 --timeout 0.3 "$omm" Ping
check "is told" says "no answer to"
sim fault 1 none >/dev/null
"$a" --follow --record "$work/follow.rec" "$omm" >/dev/null 2>&1 </dev/null &
follow_pid=$!
logged_in() { has "$work/follow.rec" OpenResp; }
wait_for 20 logged_in
kill -TERM $follow_pid
status=0
wait "$follow_pid" || status=$?
check "interrupted" [ "$status" = 130 ]
for fault in garbage truncate oversize; do
    sim fault 1 $fault >/dev/null
    check "fault $fault" ends 6 --timeout 1 "$omm" GetPPUser uid=1
    check "is told once" not grep -q 'longer than the limit: message\|UTF-8: not valid' "$work/err"
    sim fault 1 none >/dev/null
done
sim fault 1 unknown >/dev/null
check "what nobody knows is taken" ends 0 "$omm" GetPPUser uid=1
check "but not by who is strict" ends 6 --strict --timeout 0.5 "$omm" GetPPUser uid=1
sim fault 1 none >/dev/null

# --- recordings
check "a recording" ends 1 --quiet --record "$work/one.rec" "$omm" GetPPUser uid=6 GetPPDev ppn=1 GetPPUser uid=4711 Ping
check "is JSON" json_is_valid "$work/one.rec"
check "has both directions" [ "$(grep -c '"direction":"in"' "$work/one.rec")" = "$(grep -c '"direction":"out"' "$work/one.rec")" ]
check "has no password" not grep -q '"password":"omm"' "$work/one.rec"
check "is valid" ends 0 --validate "$work/one.rec"
check "sent again" ends 1 --replay "$work/one.rec" "$omm"
check "has three answers" lines_are 3
check "the same" ends 0 --replay "$work/one.rec" --compare "$omm"
check "prints nothing" silent
sim edit 1 20006 name=Changed >/dev/null
check "another" ends 1 --replay "$work/one.rec" --compare --ignore timeStamp "$omm"
check "one difference" lines_are 1
check "with its place" prints "one.rec:4: /GetPPUserResp/user[1]/@name: recorded "
check "as JSON" ends 1 --json --replay "$work/one.rec" --compare --ignore timeStamp "$omm"
check "is valid" json_is_valid "$work/out"
check "ignored" ends 0 --replay "$work/one.rec" --compare --ignore timeStamp --ignore name "$omm"
check "what was hidden cannot be sent" ends 2 --replay "$work/secret.rec" "$omm"
check "is told with its line" says "secret.rec:3:"
check "no recording" ends 2 --replay "$work/none" "$omm"
check "nothing else with it" ends 2 --replay "$work/one.rec" "$omm" Ping

start_serving() { # recording options…
    : >"$work/serving" # or the line of the one before would be read
    "$a" --serve "$@" >"$work/serving" 2>"$work/serving.err" </dev/null &
    serve_pid=$!
    wait_for 20 has "$work/serving" listening
    served=$(sed -n 's/^listening \([^ ]*\).*/\1/p' "$work/serving")
    served_pin=$(sed -n 's/.* pin \([0-9a-f]*\)$/\1/p' "$work/serving")
}
start_serving "$work/one.rec"
check "served over TLS" ends 0 --pin "$served_pin" "$served" GetPPUser uid=6
check "the recorded answer" has "$work/out" '<user uid="6"'
check "what was refused is refused" ends 1 --pin "$served_pin" "$served" GetPPUser uid=4711
check "what was not asked is not known" ends 1 --pin "$served_pin" "$served" GetPPUser uid=7
check "says so" prints "EFailed"
check "the whole recording" ends 0 --pin "$served_pin" --replay "$work/one.rec" --compare "$served"
check "bytes that are not AXI" not sh -c "echo nonsense | '$a' --plain --timeout 2 '$served' Ping"
kill "$serve_pid"
check "ends in order" wait "$serve_pid"
start_serving "$work/events.rec" --plain --count 1 --for 60
check "events of a recording, without TLS" ends 0 --plain --subscribe PPUserCnf:uid=2 --count 2 "$served"
check "both" lines_are 2
check "ends behind the first client" wait "$serve_pid"
cat >"$work/files.rec" <<'FILES'
GetFile name=:log
<GetFileResp name=":log" offset="0" data="Zmlyc3Qg" size="11"/>
<GetFileResp name=":log" offset="6" data="bGluZQo=" size="11" eof="1"/>
GetFile name=:bad
<GetFileResp name=":bad" offset="0" data="Zmlyc3Qg"/>
<GetFileResp name=":bad" offset="7" data="bGluZQo=" eof="1"/>
GetFile name=:none
<GetFileResp errCode="ENoEnt"/>
FILES
printf 'first line\n' >"$work/log"
start_serving "$work/files.rec" --plain
check "a file is fetched" ends 0 --plain "$served" --get ":log=$work/fetched" Ping
check "as it is" cmp "$work/log" "$work/fetched"
check "to standard output" ends 0 --plain "$served" --get :log=- --quiet
check "as it is" cmp "$work/log" "$work/out"
check "one with a hole is not" ends 1 --plain "$served" --get ":bad=$work/bad" Ping
check "nothing of it stays" [ "$(ls "$work" | grep -c '^bad$\|part$')" = 0 ]
check "neither is one that does not exist" ends 1 --plain "$served" --get ":none=$work/bad"
check "the refusal is printed" prints ENoEnt
check "a place where nothing can be written" ends 2 --plain "$served" --get ":log=$work/no/log"
check "a name without a file" ends 2 --plain "$served" --get :log
check "a file is sent, and refused by this recording" ends 1 --plain "$served" --record "$work/put.rec" --put ":license=$work/log"
check "block by block" has "$work/put.rec" '"data":"Zmlyc3QgbGluZQo="'
check "one that is not there" ends 2 --plain "$served" --put ":license=$work/none"
kill "$serve_pid"
check "ends in order" wait "$serve_pid"
sed '/"PutFileResp"/s/"errCode":"[^"]*",*//; /"PutFileResp"/s/"info":"[^"]*"//; s/,}/}/' "$work/put.rec" >"$work/put2.rec"
start_serving "$work/put2.rec" --plain
check "a file is sent" ends 0 --plain "$served" --put ":license=$work/log" Ping
check "from standard input" fed 'first line\n' 0 --plain "$served" --put :license=-
kill "$serve_pid"
check "ends in order" wait "$serve_pid"
start_serving "$work/one.rec" --plain --for 0.5 --listen 127.0.0.1:0
check "ends in time" wait "$serve_pid"
check "an address that is not ours" ends 3 --serve "$work/one.rec" --listen 192.0.2.1:1
check "nobody learns where it serves" closed --serve "$work/one.rec"
check "hostile recordings" ends 2 --serve "$work/bytes"

# --- servers with certificates and suites of their own: what follows the handshake is no AXI
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
    openssl s_server -accept 127.0.0.1:0 -key "$work/key.pem" -cert "$work/cert.pem" -tls1_2 -cipher AES256-GCM-SHA384 \
        -www >"$work/openssl.out" 2>&1 </dev/null &
    serve_pid=$!
    wait_for 20 grep -q '^ACCEPT 127' "$work/openssl.out"
    tls=$(sed -n 's/^ACCEPT \(127[^ ]*\).*/\1/p' "$work/openssl.out")
    check "an authority that did not sign it" ends 3 --tls-ca "$work/cert.pem" --password-file "$work/omm.password" "$omm" Ping
    check "an authority, by address" ends 5 --tls-ca "$work/cert.pem" --timeout 0.2 "$tls"
    check "by name" ends 5 --tls-ca "$work/cert.pem" --timeout 0.2 "localhost:${tls##*:}"
    check "static RSA" ends 5 --insecure --tls-legacy --timeout 0.2 "$tls"
    check "the certificate's fingerprint as others tell it" ends 5 --timeout 0.2 "$tls" --pin \
        "$(openssl x509 -in "$work/cert.pem" -noout -fingerprint -sha256 | sed 's/.*=//')"
    kill $serve_pid
else
    echo "  no openssl here: the checks with its servers are left out"
fi

# --- a terminal
if ! python3 -c 'import pty; pty.openpty()' 2>/dev/null; then
    echo "  no pseudo-terminal here: the checks of the prompt are left out"
else
    cat >"$work/terminal.py" <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.environ.pop("AXICAT_PASSWORD")
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
while b"Password" not in seen:
    seen += os.read(fd, 1000)
os.write(fd, b"omm-not-seen\n" if "-bad" in sys.argv[0] else b"\3" if "-interrupt" in sys.argv[0] else b"omm\n")
try:
    while True:
        more = os.read(fd, 1000)
        if not more:
            break
        seen += more
except OSError:
    pass
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
    cp "$work/terminal.py" "$work/terminal-bad.py"
    cp "$work/terminal.py" "$work/terminal-interrupt.py"
    check "a prompt" sh -c "NO_COLOR= python3 '$work/terminal.py' '$a' '$omm' 'GetPPUser uid=1' >'$work/out'"
    check "colours on a terminal" grep -q "$(printf '\033')" "$work/out"
    check "pretty on a terminal" has "$work/out" "  <"
    check "not with NO_COLOR" sh -c "NO_COLOR=1 python3 '$work/terminal.py' '$a' '$omm' Ping >'$work/out'"
    check "none" not grep -q "$(printf '\033')" "$work/out"
    check "a wrong one" not sh -c "python3 '$work/terminal-bad.py' '$a' '$omm' Ping >'$work/out'"
    interrupted() { status=0; python3 "$work/terminal-interrupt.py" "$a" "$omm" Ping >"$work/out" || status=$?; [ $status = 130 ]; }
    check "interrupted at the prompt" interrupted
    check "without an error" not has "$work/out" axicat:
    check "is not echoed" not has "$work/out" omm-not-seen
fi

# --- after all of this
check "no password was printed" not has "$work/all.log" not-the-passw0rd
check "no secret was printed" not has "$work/all.log" "$secret"

# --- the completion
if command -v bash >/dev/null; then
    cat >"$work/complete.bash" <<'BASH'
. packaging/completion/axicat
try() { # expected words…
    local expected=$1
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _axicat 2>/dev/null
    [[ " ${COMPREPLY[*]} " == *" $expected "* ]] || { echo "$*: ${COMPREPLY[*]}"; exit 1; }
}
try --show-secrets "$axicat" --sh
try GetPPUser "$axicat" 192.0.2.1 GetPPU
try GetPPUser "$axicat" omm @ 192.0.2.1 : 12622 GetPPU
try maxRecords= "$axicat" 192.0.2.1 GetPPUser uid = 1 max
try user.sipPw= "$axicat" 192.0.2.1 GetPPUser SetPPUser user.s
try 1 "$axicat" 192.0.2.1 SetPPUser user.vip =
try BusyNoAnswer "$axicat" 192.0.2.1 SetPPUser user.num = 1 user.forwardState = B
try On "$axicat" 192.0.2.1 Subscribe +e cmd = O
try PPDevCnf "$axicat" --subscribe PPD
try GetPPDev "$axicat" --all GetP
try PPUserType "$axicat" --describe PPUser
BASH
    check "completion" env axicat="$a" bash "$work/complete.bash"
fi

stop_ommsim
echo "$checks checks"
