// Everything a customer reads, in both languages.

const TEXT = {
  id: {
    simulation: 'Simulasi – tidak ada uang sungguhan',
    loading: 'Memuat…', total: 'Total', order: 'Pesanan', details: 'Rincian pesanan', close: 'Tutup',
    label_credit_card: 'Kartu kredit/debit', label_other_va: 'Bank lain (ATM Bersama, Prima, ALTO)',
    choose: 'Pilih metode pembayaran', back: 'Kembali',
    card_number: 'Nomor kartu', card_expiry: 'Masa berlaku (MM/YY)', card_cvv: 'CVV', pay: 'Bayar sekarang',
    card_hint: 'Kartu uji: 4811 1111 1111 1114, bulan depan atau sesudahnya, CVV 123.',
    error_card_number: 'Nomor kartu tidak lengkap.', error_card_expiry: 'Masa berlaku tidak valid.',
    error_card_cvv: 'CVV terdiri dari 3 atau 4 angka.', error_network: 'Koneksi terputus. Coba lagi.',
    error_other: 'Terjadi kesalahan. Coba lagi.',
    three_ds: 'Verifikasi bank', va: 'Nomor virtual account', bill: 'Kode pembayaran (bill key)',
    biller: 'Kode perusahaan', store: 'Kode pembayaran', copy: 'Salin', copied: 'Tersalin', before: 'Bayar sebelum',
    how_va: 'Transfer tepat sejumlah total ke nomor ini lewat ATM, mobile banking, atau internet banking.',
    how_bill: 'Pilih Bayar/Multipayment di Livin’ atau ATM Mandiri, lalu masukkan kedua kode ini.',
    how_store: 'Tunjukkan kode ini kepada kasir.',
    how_qr: 'Pindai kode QR ini dengan aplikasi pembayaran Anda.',
    how_deeplink: 'Selesaikan pembayaran di aplikasi, lalu kembali ke sini.', open_app: 'Buka aplikasi (simulator)',
    phone: 'Nomor ponsel OVO', phone_hint: 'Simulasi: nomor apa pun membayar setelah lima detik.',
    error_phone: 'Nomor ponsel tidak valid.', how_ovo: 'Buka aplikasi OVO di ponsel Anda dan setujui pembayaran ini.',
    how_card_pending: 'Bank masih memeriksa pembayaran ini. Biasanya selesai dalam satu menit.',
    how_challenge: 'Pembayaran ini sedang diperiksa oleh toko.',
    simulator: 'Bayar di simulator', check: 'Saya sudah bayar, cek status', still_pending: 'Pembayaran belum kami terima.',
    to_shop: 'Kembali ke toko', success: 'Pembayaran berhasil', pending: 'Menunggu pembayaran',
    declined: 'Pembayaran ditolak bank', declined_hint: 'Periksa data kartu, atau gunakan kartu atau metode lain.',
    retry: 'Coba lagi', other_method: 'Pilih metode lain', failed: 'Pembayaran gagal',
    failed_hint: 'Pembayaran ditolak berulang kali.', expired: 'Waktu pembayaran habis',
    ask_close: 'Tutup sekarang? Pembayaran belum selesai.', keep: 'Lanjutkan pembayaran', leave: 'Tutup',
    no_channels: 'No payment channels available'
  },
  en: {
    simulation: 'Simulation – no real money',
    loading: 'Loading…', total: 'Total', order: 'Order', details: 'Order details', close: 'Close',
    choose: 'Choose a payment method', back: 'Back',
    card_number: 'Card number', card_expiry: 'Expiry date (MM/YY)', card_cvv: 'CVV', pay: 'Pay now',
    card_hint: 'Test card: 4811 1111 1111 1114, any future month, CVV 123.',
    error_card_number: 'The card number is not complete.', error_card_expiry: 'The expiry date is not valid.',
    error_card_cvv: 'The CVV has 3 or 4 digits.', error_network: 'The connection was lost. Please try again.',
    error_other: 'Something went wrong. Please try again.',
    three_ds: 'Bank verification', va: 'Virtual account number', bill: 'Bill key', biller: 'Biller code',
    store: 'Payment code', copy: 'Copy', copied: 'Copied', before: 'Pay before',
    how_va: 'Transfer exactly the total to this number by ATM, mobile or internet banking.',
    how_bill: 'Choose Pay/Multipayment in Livin’ or at a Mandiri ATM and enter both codes.',
    how_store: 'Show this code at the till.', how_qr: 'Scan this QR code with your payment app.',
    how_deeplink: 'Finish the payment in the app, then come back here.', open_app: 'Open the app (simulator)',
    phone: 'OVO phone number', phone_hint: 'Simulation: any number pays after five seconds.',
    error_phone: 'This is no phone number.', how_ovo: 'Open the OVO app on your phone and approve this payment.',
    how_card_pending: 'The bank is still checking this payment. It usually takes a minute.',
    how_challenge: 'The shop is reviewing this payment.',
    simulator: 'Pay in the simulator', check: 'I have paid, check status', still_pending: 'We have not received the payment yet.',
    to_shop: 'Back to the shop', success: 'Payment successful', pending: 'Waiting for payment',
    declined: 'The bank declined the payment', declined_hint: 'Check the card, or use another card or method.',
    retry: 'Try again', other_method: 'Choose another method', failed: 'Payment failed',
    failed_hint: 'The payment was declined repeatedly.', expired: 'The time to pay is over',
    ask_close: 'Close now? The payment is not finished.', keep: 'Go on paying', leave: 'Close',
    no_channels: 'No payment channels available'
  }
};

// The documented sentence; the gateway shows it in English whatever the language.
export const UNAVAILABLE = 'Whether the transaction is not available, or you typed in the wrong URL.';

export function texts(language) {
  return TEXT[language] || TEXT.id;
}
