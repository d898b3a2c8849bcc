# Certificates for tests, made with openssl(1) into $d/tls when they are asked for; sourced. None
# outlives the test.
mkdir -p "$d/tls"

# authority NAME: a self-signed one, NAME.pem and NAME.key
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
        -subj "/CN=$1 authority" -keyout "$d/tls/$1.key" -out "$d/tls/$1.pem" 2>/dev/null
}

# certificate NAME AUTHORITY SUBJECT ALTERNATIVES [ARGUMENTS...]: NAME.pem and NAME.key, signed.
# ALTERNATIVES: as in DNS:a,IP:b; none: - . ARGUMENTS: of openssl x509.
certificate() {
    name=$1 by=$2 subject=$3 alternatives=$4
    shift 4
    : >"$d/tls/$name.ext"
    [ "$alternatives" = - ] || echo "subjectAltName=$alternatives" >"$d/tls/$name.ext"
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$subject" \
        -keyout "$d/tls/$name.key" -out "$d/tls/$name.csr" 2>/dev/null
    openssl x509 -req -in "$d/tls/$name.csr" -CA "$d/tls/$by.pem" -CAkey "$d/tls/$by.key" \
        -CAcreateserial -days 30 -extfile "$d/tls/$name.ext" -out "$d/tls/$name.pem" "$@" 2>/dev/null
}

fingerprint() { # NAME LABEL DIGEST: as RFC 5425 writes it
    echo "$2:$(openssl x509 -in "$d/tls/$1.pem" -noout -fingerprint "-$3" | sed 's/.*=//')"
}
