# Turns the plain comments of a public header into Doxygen's, on its way to Doxygen only:
#
#   - a comment above a declaration is its description, and of all that follow up to a blank line
#     and have none of their own;
#   - a comment behind a member or value describes it;
#   - the comment at the top describes the file; `/* --- title --- */` begins a group;
#   - indented lines are code, and rows of a word, blanks and text are a list.
#
# With -v check=1 it prints only the functions that have no comment, and fails when there are some.

function out(line) {
    if (!check)
        print line
}

# What Doxygen would take for a command or a mark.
function plain(text) {
    gsub(/[\\@<>#%&*]/, "\\\\&", text)
    return text
}

function code(on) {
    if (on && !in_code)
        emit(" * @code{.c}")
    else if (!on && in_code)
        emit(" * @endcode")
    in_code = on
}

# A line of a comment: shown, and kept for the declarations that share the comment.
function emit(line) {
    kept = kept line "\n"
    out(line)
}

# The text of one line within a comment, without its marks.
function text_line(text,   indent, gap, term) {
    sub(/[ \t]+$/, "", text)
    match(text, /^ */)
    indent = RLENGTH
    if (text == "") {
        if (!in_code)
            emit(" *")
        else
            held = held "\n" # perhaps the code goes on
        was_blank = 1
        return
    }
    if (indent >= 5 && (in_code || (was_blank && !in_list))) {
        code(1)
        while (held != "") {
            emit(" *")
            held = substr(held, 2)
        }
        emit(" *" substr(text, 2))
        was_blank = 0
        return
    }
    if (in_code) {
        code(0)
        held = ""
        emit(" *")
    }
    text = substr(text, indent + 1)
    if (indent >= 2 && indent <= 4 && top) {
        gap = match(text, /   *[^ ]/)
        if (gap > 0 && substr(text, 1, 2) != "- ") {
            if (!in_list)
                emit(" *")
            term = substr(text, 1, gap - 1)
            text = substr(text, gap)
            sub(/^ +/, "", text)
            emit(" * - **" plain(term) "**: " plain(text))
            in_list = 1
            was_blank = 0
            return
        }
    }
    if (in_list && indent < 3 && substr(text, 1, 2) != "- ") {
        emit(" *")
        in_list = 0
    }
    emit((in_list ? " *   " : " * ") plain(text))
    was_blank = 0
}

# A whole comment or its beginning: `text` is what is behind the opening mark.
function begin(open, text) {
    kept = in_list = in_code = was_blank = 0
    kept = held = ""
    emit(open)
    goes_on = 1
    continue_with(text)
}

function continue_with(text,   end) {
    end = index(text, "*/")
    if (end > 0)
        text = substr(text, 1, end - 1)
    if (end == 0 || text !~ /^ *$/)
        text_line(text)
    if (end > 0) {
        code(0)
        emit(" */")
        goes_on = 0
    }
}

# Braces and brackets that are open decide where a declaration ends.
function follow(line) {
    gsub(/"([^"\\]|\\.)*"/, "", line)
    gsub(/\/\*.*/, "", line)
    depth += gsub(/[({]/, "", line) - gsub(/[)}]/, "", line)
    if (depth <= 0 && line ~ /[;}] *$/ && line !~ /\\$/) {
        depth = 0
        in_decl = 0
    }
}

FNR == 1 {
    in_group = skipping = goes_on = in_decl = in_define = documented = shared = 0
    kept = ""
}

{
    line = $0
    # C++ and the guards are none of Doxygen's business.
    if (line == "#ifdef __cplusplus") {
        if (in_group)
            out("/** @} */")
        in_group = 0
        skipping = 1
    }
    if (skipping) {
        if (line == "#endif")
            skipping = 0
        next
    }
    if (goes_on) {
        sub(/^ *\*?/, "", line)
        if ($0 ~ /^ *\*\/ *$/)
            line = "*/"
        continue_with(line)
        if (!goes_on)
            documented = top
        next
    }
    if (line ~ /^\/\* --- .*-- \*\/$/) {
        sub(/^\/\* --- /, "", line)
        sub(/ *-+ \*\/$/, "", line)
        if (in_group)
            out("/** @} */")
        out("/** @name " toupper(substr(line, 1, 1)) substr(line, 2) " */")
        out("/** @{ */")
        in_group = 1
        documented = 0
        next
    }
    if (line ~ /^[ \t]*\/\*/) {
        at = index(line, "/*")
        top = !in_decl
        begin(FNR == 1 ? "/** @file" : "/**", substr(line, at + 2))
        if (!goes_on)
            documented = top
        next
    }
    if (line == "") {
        documented = 0
        if (!in_decl) {
            kept = ""
            shared = 0
        }
        out("")
        next
    }
    if (line ~ /^#/ && (in_decl || line !~ /^#define/) && !in_define) {
        out(line)
        next
    }
    if (!in_decl) {
        if (line ~ /^(AXI|MOM)_(MUST_CHECK|API)/ && !documented && !shared) {
            missing++
            if (check)
                print FILENAME ":" FNR ": a function without a comment"
        }
        if (shared && !documented && kept != "" && line ~ /^(AXI|MOM)_/) {
            again = kept
            sub(/\n$/, "", again)
            out(line ~ /_free\(/ ? "/** Frees what the function above allocated; NULL is allowed. */" : again)
        }
        decl_kept = kept
        shared = documented || shared
        documented = 0
        in_decl = 1
        in_define = line ~ /^#define/
        depth = 0
    }
    if (!in_define)
        follow(line)
    else if (line !~ /\\$/)
        in_decl = 0
    at = index(line, "/*")
    if (at > 0 && line !~ /"[^"]*\/\*/) {
        out(substr(line, 1, at - 1))
        top = 0
        begin("/**<", substr(line, at + 2))
        kept = decl_kept
    } else {
        out(line)
    }
    if (!in_decl)
        kept = decl_kept
}
END {
    if (in_group)
        out("/** @} */")
    exit (check && missing > 0) ? 1 : 0
}
